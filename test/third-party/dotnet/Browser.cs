// The two ways of this program to show a sign-in page: the tests' own browser, alone or behind a custom web UI.
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensibility;

static class Browser
{
    // Does not wait for the browser: MSAL.NET starts to listen only after the browser has been opened.
    public static Task Open(Uri url) => Start("TEST_BROWSER", url.AbsoluteUri);

    // Somebody reads the code and types it in elsewhere.
    public static Task Approve(DeviceCodeResult code) =>
        Start("TEST_DEVICE_PERSON", code.VerificationUrl, code.UserCode);

    private static Task Start(string variable, params string[] further)
    {
        var command = JsonSerializer.Deserialize<string[]>(Environment.GetEnvironmentVariable(variable)!)!;
        Process.Start(new ProcessStartInfo(command[0], [.. command[1..], .. further]));
        return Task.CompletedTask;
    }
}

// Takes the answer at the redirect URI by itself, as an application with a window of its own would.
sealed class WebUi : ICustomWebUi
{
    public async Task<Uri> AcquireAuthorizationCodeAsync(Uri authorizationUri, Uri redirectUri, CancellationToken cancellationToken)
    {
        using var listener = new HttpListener();
        listener.Prefixes.Add(redirectUri.AbsoluteUri);
        listener.Start();
        await Browser.Open(authorizationUri);
        var context = await listener.GetContextAsync().WaitAsync(cancellationToken);
        var answer = context.Request.Url!;
        context.Response.ContentType = "text/html";
        context.Response.Close("<!doctype html><title>Done</title>"u8.ToArray(), willBlock: true);
        return answer;
    }
}
