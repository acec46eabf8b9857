namespace Tandem.Testing.Phones;

/// <summary>Writes a request that came in once more, as a proxy that sends it back would.</summary>
public sealed class ReturnedRequest(WireMessage request)
{
    /// <summary>The same request with another Via on top, to the given host.</summary>
    public string Again(string branch, string viaHost, string toHost)
    {
        var to = WireMessage.UriOf(request["To"]);
        var lines = new List<string>
        {
            $"{request.Method} {to[..(to.IndexOf('@', StringComparison.Ordinal) + 1)]}{toHost} SIP/2.0",
            $"Via: SIP/2.0/UDP {viaHost};branch={branch};rport",
        };
        lines.AddRange(request.Headers.Where(h => h.Name != "Via").Select(h => $"{h.Name}: {h.Value}"));
        return string.Join("\r\n", lines) + "\r\n\r\n" + request.Body;
    }
}
