using Tandem.Calls.Tests.Calls;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Hostile;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Hostile;

/// <summary>Thousands of hostile messages to a whole exchange: no exception, only answers that make sense, nothing left behind.</summary>
[Collection(MemoryTestsAlone.Name)]
public class HostileCasesTests
{
    /// <summary>
    /// What a hostile message may be answered with. 200: OPTIONS, and CANCEL of nothing is 481. 401, 407: it was well-formed enough to be
    /// asked who it is. Everything else says what is wrong with it. Without credentials, where a known number in From is taken at its
    /// word, calls begin (100, 480 for a phone that is off), and a number that sends messages too fast is told to wait (503).
    /// </summary>
    public static readonly IReadOnlySet<int> Allowed =
        new HashSet<int> { 200, 400, 401, 403, 404, 405, 407, 414, 415, 416, 420, 423, 481, 482, 483, 489, 505, 513 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_case_breaks_anything(bool credentials)
    {
        Assert.InRange(HostileCases.Total, 15_000, 200_000);
        var rig = new ExchangeRig(credentials: credentials);
        var source = new RawSource(rig.Network, NetAddress.FromV4(0xC0000209, 5060));
        var monitor = new RawSource(rig.Network, NetAddress.FromV4(0xC000020A, 5060));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var statuses = new Dictionary<int, int>();
        var number = 0;
        foreach (var one in HostileCases.Take(12_000))
        {
            source.Received.Clear();
            source.Send(one.Bytes, ExchangeRig.ServerAddress);
            rig.Run(0.02);
            foreach (var status in source.Statuses)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                Assert.True(Allowed.Contains(status) || (!credentials && status is 100 or 480 or 503), $"{one.Name}: {System.Text.Encoding.UTF8.GetString(source.Received[0])}");
            }

            Assert.True(rig.Faults.Count == 0, $"{one.Name}: {rig.Faults.FirstOrDefault()}");
            if (++number % 100 == 0)
                AssertAnswers(rig, monitor, number);
        }

        Assert.InRange(number, 5_000, 15_000);
        Assert.Equal("", rig.Leftovers());
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 32 << 20, "the tables are empty, and the memory is not back");
        Assert.True(statuses.GetValueOrDefault(400) > 1_000, string.Join(' ', statuses.OrderBy(s => s.Key)));
    }

    private static void AssertAnswers(ExchangeRig rig, RawSource monitor, int number)
    {
        monitor.Received.Clear();
        monitor.Send(System.Text.Encoding.ASCII.GetBytes(
            $"OPTIONS sip:198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp{number}\r\nMax-Forwards: 70\r\nFrom: <sip:p@192.0.2.9>;tag=p\r\n"
            + $"To: <sip:198.51.100.1>\r\nCall-ID: p{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"), ExchangeRig.ServerAddress);
        rig.Run(0.02);
        Assert.Equal([200], monitor.Statuses);
    }
}
