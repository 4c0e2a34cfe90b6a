// The caches of ADAL.NET, MSAL.NET and its extensions for the tests: reads a job as JSON from stdin, renews a token of the
// user from the cache that it is given, and writes what it found and the caches as they are then to stdout.
extern alias Adal;

using System.Text.Json;
using Adal::Microsoft.IdentityModel.Clients.ActiveDirectory;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;
using AdalFactory = Adal::Microsoft.IdentityModel.Clients.ActiveDirectory.IHttpClientFactory;
using AdalCache = Adal::Microsoft.IdentityModel.Clients.ActiveDirectory.TokenCache;

var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
var job = JsonSerializer.Deserialize<Job>(await Console.In.ReadToEndAsync(), json)!;
var answers = new Answers(job);
var outcome = job.Do switch
{
    "adal" => await WithAdal(),
    "msal" => await WithMsal(),
    "extensions" => await WithExtensions(),
    _ => throw new ArgumentException($"there is no {job.Do}"),
};
Console.WriteLine(JsonSerializer.Serialize(outcome with { RefreshTokens = [.. answers.RefreshTokens] }, json));

async Task<Outcome> WithAdal()
{
    var cache = new AdalCache();
    cache.DeserializeAdalV3(job.AdalV3);
    var users = cache.ReadItems().Select(item => item.DisplayableId).Distinct().ToArray();
    var authority = $"https://login.microsoftonline.com/{job.TenantId}/";
    var context = new AuthenticationContext(authority, true, cache, new ForAdal(answers));
    var user = new UserIdentifier(job.Username, UserIdentifierType.RequiredDisplayableId);
    var result = await context.AcquireTokenSilentAsync(job.Scope, job.ClientId, user);
    return new Outcome(users, result.AccessToken, AdalV3: cache.SerializeAdalV3());
}

async Task<Outcome> WithMsal()
{
    var app = Build();
    var (adalV3, msalV2) = (job.AdalV3, job.MsalV2);
    app.UserTokenCache.SetBeforeAccess(args =>
    {
        args.TokenCache.DeserializeAdalV3(adalV3);
        if (msalV2 != null) args.TokenCache.DeserializeMsalV2(msalV2);
    });
    app.UserTokenCache.SetAfterAccess(args =>
    {
        if (args.HasStateChanged) (adalV3, msalV2) = (args.TokenCache.SerializeAdalV3(), args.TokenCache.SerializeMsalV2());
    });
    var (users, token) = await Renew(app);
    return new Outcome(users, token, adalV3, msalV2);
}

async Task<Outcome> WithExtensions()
{
    var properties = new StorageCreationPropertiesBuilder(Path.GetFileName(job.File)!, Path.GetDirectoryName(job.File)!)
        .WithUnprotectedFile()
        .Build();
    var helper = await MsalCacheHelper.CreateAsync(properties);
    var app = Build();
    helper.RegisterCache(app.UserTokenCache);
    var (users, token) = await Renew(app);
    return new Outcome(users, token);
}

IPublicClientApplication Build() => PublicClientApplicationBuilder.Create(job.ClientId)
    .WithAuthority($"https://login.microsoftonline.com/{job.TenantId}")
    .WithHttpClientFactory(new ForMsal(answers))
    .Build();

async Task<(string[], string)> Renew(IPublicClientApplication app)
{
    var accounts = (await app.GetAccountsAsync()).ToArray();
    var account = accounts.Single(known => known.Username == job.Username);
    var result = await app.AcquireTokenSilent([job.Scope], account).WithForceRefresh(true).ExecuteAsync();
    return ([.. accounts.Select(known => known.Username)], result.AccessToken);
}

record Job(
    string Do,
    string ClientId,
    string TenantId,
    string ObjectId,
    string Username,
    string Scope,
    byte[]? AdalV3,
    byte[]? MsalV2,
    string? File);

record Outcome(
    string[] Users,
    string AccessToken,
    byte[]? AdalV3 = null,
    byte[]? MsalV2 = null,
    string[]? RefreshTokens = null);

class ForAdal(Answers answers) : AdalFactory
{
    public HttpClient GetHttpClient() => answers.Client;
}

class ForMsal(Answers answers) : IMsalHttpClientFactory
{
    public HttpClient GetHttpClient() => answers.Client;
}
