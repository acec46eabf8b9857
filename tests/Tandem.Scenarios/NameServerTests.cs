using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Scenarios.Peers;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Scenarios;

/// <summary>RFC 3263 against a real name server: what a SIP URI leads to, over UDP and, where the answer is too large, over TCP.</summary>
public sealed class NameServerTests
{
    private static readonly string[] Records =
    [
        "host-record=one.pbx.test,192.0.2.1",
        "host-record=two.pbx.test,192.0.2.2,2001:db8::2",
        "srv-host=_sip._udp.pbx.test,two.pbx.test,5062,20,1",
        "srv-host=_sip._udp.pbx.test,one.pbx.test,5061,10,1",
        "srv-host=_sips._tcp.pbx.test,one.pbx.test,5071,10,1",
        "naptr-record=pbx.test,50,50,S,SIPS+D2T,,_sips._tcp.pbx.test",
        "naptr-record=pbx.test,90,50,s,SIP+D2U,,_sip._udp.pbx.test",
        "naptr-record=pbx.test,10,50,s,SIPS+D2W,,_sips._ws.pbx.test",
        "cname=alias.test,one.pbx.test",

        // 60 servers with long names: far more than a datagram of 1,232 bytes.
        .. Enumerable.Range(0, 60).Select(i =>
            $"srv-host=_sip._udp.large.test,a-server-with-a-rather-long-name-{i.ToString(CultureInfo.InvariantCulture)}.large.test,5060,{(i + 1).ToString(CultureInfo.InvariantCulture)},1"),
        "host-record=a-server-with-a-rather-long-name-0.large.test,192.0.2.60",
        "host-record=a-server-with-a-rather-long-name-1.large.test,192.0.2.61",
    ];

    [Fact]
    public async Task Uris_lead_where_the_records_say()
    {
        using var scratch = new ScratchFolder();
        using var server = await Dnsmasq.StartAsync(scratch.Path, Records);
        using var rig = new Rig(server.Address);

        Assert.Equal("tls:192.0.2.1:5071", rig.Locate("sip:pbx.test"));
        Assert.Equal("tls:192.0.2.1:5071", rig.Locate("sips:100@pbx.test"));
        Assert.Equal("udp:192.0.2.1:5061, udp:[2001:db8::2]:5062, udp:192.0.2.2:5062", rig.Locate("sip:pbx.test;transport=udp"));
        Assert.Equal("tcp:[2001:db8::2]:5090, tcp:192.0.2.2:5090", rig.Locate("sip:TWO.pbx.test:5090;transport=tcp"));
        Assert.Equal("udp:192.0.2.1:5060", rig.Locate("sip:alias.test"));
        Assert.Equal("NotFound", rig.Locate("sip:nobody.test"));
        Assert.Equal((0, 0), (rig.Socket.Counters.QuestionsOverTcp, rig.Socket.Counters.SilentServers));
    }

    [Fact]
    public async Task What_does_not_fit_a_datagram_comes_over_tcp()
    {
        using var scratch = new ScratchFolder();
        using var server = await Dnsmasq.StartAsync(scratch.Path, Records);
        using var rig = new Rig(server.Address);

        Assert.Equal("udp:192.0.2.60:5060, udp:192.0.2.61:5060", rig.Locate("sip:large.test;transport=udp"));
        Assert.Equal(1, rig.Socket.Counters.QuestionsOverTcp);
    }

    [Fact]
    public async Task A_server_that_is_down_is_passed_over_and_its_death_is_survived()
    {
        using var scratch = new ScratchFolder();
        var dead = NetAddress.FromV4(0x7F000001, (ushort)FreePorts.Next());
        var server = await Dnsmasq.StartAsync(scratch.Path, Records);
        try
        {
            using var rig = new Rig(dead, server.Address);
            Assert.Equal("udp:192.0.2.1:5080", rig.Locate("sip:one.pbx.test:5080"));
            Assert.InRange(rig.Socket.Counters.SilentServers, 1, 2);

            // What is in the cache stays; what is not has no answer, and says so.
            server.Dispose();
            Assert.Equal("udp:192.0.2.1:5080", rig.Locate("sip:one.pbx.test:5080"));
            Assert.Equal("NoAnswer", rig.Locate("sip:two.pbx.test:5080"));
        }
        finally
        {
            server.Dispose();
        }
    }

    /// <summary>A locator whose loop is the test: what the sockets post runs here.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly BlockingCollection<Action<Moment>> _posted = [];
        private readonly Clock _clock = new(TimeProvider.System);
        private readonly SipLocator _locator;

        public Rig(params NetAddress[] servers)
        {
            Socket = new DnsSocket(new DnsOptions { AttemptTimeout = TimeSpan.FromSeconds(15) }, servers, TimeProvider.System);
            _locator = new SipLocator(new ResolutionOptions(), new TimerWheel(_clock.Now), new Random(1));
            foreach (var transport in new[] { SipTransportKind.Udp, SipTransportKind.Tcp, SipTransportKind.Tls })
                _locator.SetReach(transport, v4: true, v6: true);
            _locator.Resolver.Connect(Socket, action => _posted.Add(action));
        }

        public DnsSocket Socket { get; }

        public string Locate(string uri)
        {
            string? found = null;
            _locator.Locate(Encoding.ASCII.GetBytes(uri), _clock.Now, (list, _) => found = list.ToString());
            while (found is null)
            {
                if (!_posted.TryTake(out var action, TimeSpan.FromSeconds(120)))
                    throw new TimeoutException($"{uri}: no answer was posted");
                action(_clock.Now);
            }

            return found;
        }

        public void Dispose()
        {
            Socket.Dispose();
            _posted.Dispose();
        }
    }
}
