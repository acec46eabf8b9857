using System.Diagnostics;

namespace Tandem.Load.Tables;

/// <summary>Tandem with its database (SQLite), its media ports and all else that a default installation has.</summary>
internal sealed class TandemServer(TableOptions options, IReadOnlyDictionary<string, string> settings, string name) : Server(name, options)
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <summary>A page of the API, which needs no credentials outside of production.</summary>
    public string Get(string path)
    {
        using var answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Options.HttpPort}{path}"));
        using var reader = new StreamReader(answer.EnsureSuccessStatusCode().Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    protected override void Describe(ProcessStartInfo info)
    {
        info.ArgumentList.Add("dotnet");
        info.ArgumentList.Add(Options.Assembly);
        info.ArgumentList.Add("serve");
        var defaults = new Dictionary<string, string>
        {
            ["SIP_PORT"] = $"{Options.SipPort}",
            ["SIPS_PORT"] = $"{Options.SipsPort}",
            ["SIP_HOST"] = "127.0.0.1",
            ["SERVER_ADDRESS"] = "127.0.0.1",
            ["API_PORT"] = $"{Options.HttpPort}",
            ["API_HOST"] = "127.0.0.1",
            ["HTTPS_PORT"] = "-1",
            ["DATA_DIR"] = Path.Combine(Directory, "data"),
            ["LOG_LEVEL"] = "warn",
            ["LOG_FILE"] = Path.Combine(Directory, "tandem.log"),
            ["EXT_MIN"] = "10000",
            ["EXT_MAX"] = "19999",
            ["AUTH_SECRET"] = "bench-secret-1",
            ["RTP_PORT"] = "30000",
            ["RTP_PORT_MAX"] = "60000",
            ["RTP_PORT_QUARANTINE"] = "0",
            ["AUTH_MAX_NONCES"] = "4000000",
            ["GUARD_EXEMPT"] = "127.0.0.0/8",
            ["RATE_LIMIT_MAX"] = "100000",
        };
        foreach (var (name, value) in defaults.Concat(settings))
            info.Environment[name] = value;
    }

    protected override bool IsReady()
    {
        try
        {
            using var answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Options.HttpPort}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
