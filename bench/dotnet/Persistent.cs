// MSAL.NET with its cache on disk, kept there by MsalCacheHelper of its extensions.
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;

static class Persistent
{
    public static async Task<IPublicClientApplication> Load(Command command, Service service)
    {
        var properties = new StorageCreationPropertiesBuilder(
            Path.GetFileName(command.CacheFile),
            Path.GetDirectoryName(command.CacheFile)!)
            .WithUnprotectedFile()
            .Build();
        var helper = await MsalCacheHelper.CreateAsync(properties);
        var app = PublicClientApplicationBuilder.Create(command.ClientId)
            .WithAuthority(command.Authority)
            .WithHttpClientFactory(service)
            .Build();
        helper.RegisterCache(app.UserTokenCache);
        return app;
    }
}

record Answers(JsonElement Instance, JsonElement Openid, JsonElement Token);

/// The service without a network: it answers what it has been told to.
sealed class Service : HttpMessageHandler, IMsalHttpClientFactory
{
    private readonly HttpClient _client;

    public Service() => _client = new HttpClient(this);

    public Answers Answers { get; set; } = null!;

    public HttpClient GetHttpClient() => _client;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var answer = request.Method == HttpMethod.Post ? Answers.Token
            : path.Contains("/discovery/instance") ? Answers.Instance
            : Answers.Openid;
        var content = new StringContent(answer.GetRawText(), Encoding.UTF8, "application/json");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
    }
}
