using System.Text;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Testing.Dns;

namespace Tandem.Sip.Tests.Resolution;

/// <summary>A locator in virtual time whose name server is a table.</summary>
internal sealed class LocatorRig
{
    public LocatorRig(ResolutionOptions? options = null, int seed = 1, bool v6 = false, params string[] zone)
    {
        Zone = new DnsZone(zone);
        Wheel = new TimerWheel(Now);
        Locator = new SipLocator(options ?? new ResolutionOptions(), Wheel, new Random(seed));
        foreach (var transport in new[] { SipTransportKind.Udp, SipTransportKind.Tcp, SipTransportKind.Tls })
            Locator.SetReach(transport, v4: true, v6);
        Locator.Resolver.Connect(Zone, action => action(Now));
    }

    public Moment Now { get; private set; } = Moment.FromMilliseconds(1_000);

    public DnsZone Zone { get; }

    public TimerWheel Wheel { get; }

    public SipLocator Locator { get; }

    /// <summary>The targets of a URI as text, or the failure; null when they are not known yet.</summary>
    public string? Locate(string uri)
    {
        string? found = null;
        Locator.Locate(Encoding.ASCII.GetBytes(uri), Now, (list, _) => found = list.ToString());
        return found;
    }

    public void Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        Wheel.Advance(Now);
    }
}
