// MSAL.NET and its extensions, unchanged, as the other program at a cache file of Windows: a job as JSON on the first line
// of stdin, an order on each further one, and for each an answer on a line of stdout.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;

var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
{
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
};
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
var job = JsonSerializer.Deserialize<Job>(input.ReadLine()!, json)!;
var network = new Network(job.ProxyUrl, job.CaFile);
CrossPlatLock? held = null;
void Say(Answer answer)
{
    lock (json) Console.WriteLine(JsonSerializer.Serialize(answer, json));
}

var properties = new StorageCreationPropertiesBuilder(Path.GetFileName(job.File), Path.GetDirectoryName(job.File))
    .WithCacheChangedEvent(job.ClientId, job.Authority)
    .Build();
var helper = await MsalCacheHelper.CreateAsync(properties);
var app = PublicClientApplicationBuilder.Create(job.ClientId)
    .WithAuthority(job.Authority)
    .WithHttpClientFactory(network)
    .Build();
helper.RegisterCache(app.UserTokenCache);
Say(new Answer("ready"));

while (input.ReadLine() is { } line)
{
    var order = JsonSerializer.Deserialize<Order>(line, json)!;
    try
    {
        Say(await Do(order));
    }
    catch (Exception error)
    {
        Say(new Answer("failed", Error: (error as MsalException)?.ErrorCode ?? error.GetType().Name, Message: error.ToString()));
    }
}

async Task<Answer> Do(Order order)
{
    switch (order.Do)
    {
        case "signIn":
            return Token(await app.AcquireTokenByUsernamePassword(job.Scopes, order.Username, order.Password).ExecuteAsync());
        case "silent":
            var account = (await app.GetAccountsAsync()).Single(known => known.Username == order.Username);
            return Token(await app.AcquireTokenSilent(job.Scopes, account).WithForceRefresh(order.Refresh).ExecuteAsync());
        case "accounts":
            return new Answer("accounts", Names: [.. (await app.GetAccountsAsync()).Select(known => known.Username)]);
        case "remove":
            foreach (var known in await app.GetAccountsAsync())
            {
                if (known.Username == order.Username) await app.RemoveAsync(known);
            }
            return new Answer("removed");
        case "verify":
            helper.VerifyPersistence();
            return new Answer("verified");
        case "watch":
            helper.CacheChanged += (_, change) =>
                Say(new Answer("changed", Added: [.. change.AccountsAdded], Removed: [.. change.AccountsRemoved]));
            return new Answer("watching");
        case "lock":
            held = new CrossPlatLock($"{job.File}.lockfile");
            return new Answer("locked");
        case "unlock":
            held?.Dispose();
            return new Answer("unlocked");
        case "contend":
            return new Answer("contended", Met: Contend(order.Marker!, order.Times));
        default:
            throw new ArgumentException($"MSAL.NET has no {order.Do}");
    }
}

// How often somebody else had the marker while this program had the lock.
int Contend(string marker, int times)
{
    var met = 0;
    for (var i = 0; i < times; i++)
    {
        using var mine = new CrossPlatLock($"{job.File}.lockfile", 5, 6_000);
        try
        {
            using (new FileStream(marker, FileMode.CreateNew)) { }
            Thread.Sleep(1);
            File.Delete(marker);
        }
        catch (IOException)
        {
            met++;
        }
    }
    return met;
}

static Answer Token(AuthenticationResult result) => new(
    "token",
    AccessToken: result.AccessToken,
    Source: result.AuthenticationResultMetadata.TokenSource == TokenSource.Cache ? "cache" : "service");

record Job(string File, string ClientId, string Authority, string[] Scopes, string ProxyUrl, string CaFile);

record Order(string Do, string? Username, string? Password, bool Refresh, string? Marker, int Times);

record Answer(
    string Did,
    string? AccessToken = null,
    string? Source = null,
    string[]? Names = null,
    string[]? Added = null,
    string[]? Removed = null,
    int? Met = null,
    string? Error = null,
    string? Message = null);
