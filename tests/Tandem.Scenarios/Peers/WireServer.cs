namespace Tandem.Scenarios.Peers;

/// <summary>The server of phones that are sockets and text: it repeats what is not answered as soon as RFC 3261 says, for nobody minds.</summary>
public sealed class WireServer : SippServer
{
    protected override void Configure(string folder, Dictionary<string, string> settings)
    {
        foreach (var name in Sipp.Waits.Keys)
            settings.Remove(name);
    }
}
