// The service, as far as a renewal asks it: answers in the same process, and notes the refresh tokens that it was sent.
using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;

class Answers(Job job) : HttpMessageHandler
{
    static readonly string[] Aliases =
        ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

    public List<string> RefreshTokens { get; } = [];

    public HttpClient Client => new(this, false);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/discovery/instance")) return Json(Discovery());
        if (request.Method != HttpMethod.Post || !path.EndsWith("/token")) throw new HttpRequestException($"asked for {path}");
        var form = HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellation));
        RefreshTokens.Add(form["refresh_token"] ?? "");
        return Json(Token(form["scope"], form["resource"]));
    }

    object Discovery() => new Dictionary<string, object>
    {
        ["tenant_discovery_endpoint"] = $"https://login.microsoftonline.com/{job.TenantId}/.well-known/openid-configuration",
        ["metadata"] = new[]
        {
            new Dictionary<string, object>
            {
                ["preferred_network"] = Aliases[0],
                ["preferred_cache"] = Aliases[1],
                ["aliases"] = Aliases,
            },
        },
    };

    object Token(string? scope, string? resource)
    {
        var claims = new
        {
            oid = job.ObjectId,
            tid = job.TenantId,
            sub = "s",
            upn = job.Username,
            preferred_username = job.Username,
            aud = job.ClientId,
            iss = $"https://login.microsoftonline.com/{job.TenantId}/v2.0",
        };
        return new Dictionary<string, object?>
        {
            ["token_type"] = "Bearer",
            ["expires_in"] = "3600",
            ["access_token"] = $"{job.Do}-access-token",
            ["refresh_token"] = $"{job.Do}-refresh-token",
            ["scope"] = scope,
            ["resource"] = resource,
            ["id_token"] = $"{Part(new { alg = "none" })}.{Part(claims)}.",
            ["client_info"] = Part(new { uid = job.ObjectId, utid = job.TenantId }),
        };
    }

    static string Part(object value) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    static HttpResponseMessage Json(object value) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json"),
    };
}
