using Tandem.Core.Time;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>What signalling allocates for the media of a plain call: opened, offered, answered, closed. Bytes do not depend on the machine.</summary>
public sealed class MediaCallCostTests
{
    // Set from measurement (13,830); lower it when it falls.
    private const int BytesPerCall = 14_500;

    private const int Ports = 256;

    [Fact]
    public void The_media_of_a_plain_call_keeps_to_its_bytes()
    {
        var first = UdpPorts.Range(Ports);
        using var engine = new MediaEngine(
            new MediaOptions { RtpPort = first, RtpPortMax = first + Ports - 1, Shards = 1, PortQuarantine = TimeSpan.Zero }, new Clock(TimeProvider.System), new Random(1));
        using var a = new Phone();
        using var b = new Phone();
        var (offer, answer) = (a.Sdp(), b.Sdp());
        Assert.InRange(Calls(20), 1, long.MaxValue);
        var bytes = Calls(40);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes / 40} bytes a call");
        Assert.InRange(bytes, 1, 40 * BytesPerCall);

        long Calls(int count)
        {
            var bytes = 0L;
            for (var i = 0; i < count; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var session = engine.Open(static _ => { })!;
                Assert.True(session.Offer(MediaSide.A, offer).IsAccepted);
                Assert.True(session.Answer(MediaSide.B, answer).IsAccepted);
                session.Close();
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(Wait.Until(() => engine.PortsInUse == 0));
            }

            return bytes;
        }
    }
}
