// Whole integrated sign-ins by MSAL.NET, on command, as ../subjects/integrated.mjs has them.
using System.Diagnostics;
using Microsoft.Identity.Client;

sealed class Integrated(Command settings)
{
    private static readonly string[] Scopes = ["User.Read"];

    private IPublicClientApplication _app = Build(settings);

    // Another application, that knows nothing yet.
    public void Open() => _app = Build(settings);

    // Sign-ins with the application that there is. The median.
    public async Task<Answer> Again(int times)
    {
        var taken = new double[times];
        for (var time = 0; time < times; time++) taken[time] = await SignIn();
        return Median(taken);
    }

    // Sign-ins, each with an application of its own. The median.
    public async Task<Answer> First(int times)
    {
        var taken = new double[times];
        for (var time = 0; time < times; time++)
        {
            Open();
            taken[time] = await SignIn();
        }
        return Median(taken);
    }

    private async Task<double> SignIn()
    {
        var started = Stopwatch.GetTimestamp();
        // What it wants people to use in its place is for Windows only.
#pragma warning disable CS0618
        var request = _app.AcquireTokenByIntegratedWindowsAuth(Scopes).WithUsername(settings.Username);
#pragma warning restore CS0618
        var result = await request.ExecuteAsync();
        var taken = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        if (result.Account.Username != settings.Username) throw new InvalidOperationException($"that was {result.Account.Username}");
        return taken;
    }

    private static IPublicClientApplication Build(Command settings) =>
        PublicClientApplicationBuilder.Create(settings.ClientId)
            .WithAuthority(settings.Authority)
            .WithInstanceDiscovery(false)
            .Build();

    private static Answer Median(double[] times)
    {
        Array.Sort(times);
        return new Answer(P50Us: times[times.Length / 2]);
    }
}
