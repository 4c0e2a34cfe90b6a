// MSAL.NET for the tests: reads a job as JSON from stdin, does its steps in one application, writes the outcome to stdout.
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensibility;

var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
{
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
};
var job = JsonSerializer.Deserialize<Job>(await Console.In.ReadToEndAsync(), json)!;
var cache = job.Cache ?? "";
var app = Build(job);
if (job.Kept != null)
{
    await Extensions.Register(job.Kept, app.UserTokenCache);
}
else
{
    app.UserTokenCache.SetBeforeAccess(args => args.TokenCache.DeserializeMsalV3(Encoding.UTF8.GetBytes(cache), true));
    app.UserTokenCache.SetAfterAccess(args =>
    {
        if (args.HasStateChanged) cache = Encoding.UTF8.GetString(args.TokenCache.SerializeMsalV3());
    });
}
using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));

var results = new List<Result>();
foreach (var step in job.Steps)
{
    try
    {
        results.Add(await Run(app, job, step, timeout.Token));
    }
    catch (MsalException error)
    {
        results.Add(new Result(Error: error.ErrorCode, Message: error.ToString()));
    }
}
Console.WriteLine(JsonSerializer.Serialize(new Outcome([.. results], cache), json));

static IPublicClientApplication Build(Job job)
{
    var isAdfs = new Uri(job.Authority).AbsolutePath.Trim('/') == "adfs";
    var builder = PublicClientApplicationBuilder.Create(job.ClientId).WithRedirectUri($"http://localhost:{FreePort()}/");
    builder = isAdfs ? builder.WithAdfsAuthority(job.Authority, false) : builder.WithAuthority(job.Authority);
    if (job.Known)
    {
        builder = builder.WithInstanceDiscovery(false).WithHttpClientFactory(new OnlyThisAuthority(job.CaFile));
    }
    return builder.Build();
}

static async Task<Result> Run(IPublicClientApplication app, Job job, Step step, CancellationToken cancellation) => step.Do switch
{
    "accounts" => new Result(Accounts: [.. (await app.GetAccountsAsync()).Select(Describe)]),
    "password" => Token(await app.AcquireTokenByUsernamePassword(step.Scopes, step.Username, step.Password)
        .ExecuteAsync(cancellation)),
    "integrated" => Token(await app.AcquireTokenByIntegratedWindowsAuth(step.Scopes)
        .WithUsername(step.Username)
        .ExecuteAsync(cancellation)),
    "interactive" => Token(await app.AcquireTokenInteractive(step.Scopes)
        .WithUseEmbeddedWebView(false)
        .WithSystemWebViewOptions(new SystemWebViewOptions { OpenBrowserAsync = Browser.Open })
        .ExecuteAsync(cancellation)),
    "webUi" => Token(await app.AcquireTokenInteractive(step.Scopes)
        .WithCustomWebUi(new WebUi())
        .ExecuteAsync(cancellation)),
    "deviceCode" => Token(await app.AcquireTokenWithDeviceCode(step.Scopes, Browser.Approve)
        .ExecuteAsync(cancellation)),
    "silent" => Token(await app.AcquireTokenSilent(step.Scopes, step.Username)
        .WithForceRefresh(step.ForceRefresh)
        .ExecuteAsync(cancellation)),
    "remove" => await Remove(app, step.Username!),
    "hold" => new Result(HeldUntil: await Extensions.HoldLock(job.Kept!, step.ForMs)),
    _ => throw new ArgumentException($"MSAL.NET has no step {step.Do}"),
};

static async Task<Result> Remove(IPublicClientApplication app, string username)
{
    foreach (var account in await app.GetAccountsAsync())
    {
        if (account.Username == username) await app.RemoveAsync(account);
    }
    return new Result();
}

static AccountResult Describe(IAccount account) =>
    new(account.Username, account.HomeAccountId.Identifier, account.Environment);

static Result Token(AuthenticationResult result) => new(
    AccessToken: result.AccessToken,
    IdToken: result.IdToken,
    Username: result.Account.Username,
    HomeAccountId: result.Account.HomeAccountId.Identifier,
    TenantId: result.TenantId,
    Scopes: [.. result.Scopes],
    Source: result.AuthenticationResultMetadata.TokenSource == TokenSource.Cache ? "cache" : "service");

static int FreePort()
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    return ((IPEndPoint)listener.LocalEndpoint).Port;
}
