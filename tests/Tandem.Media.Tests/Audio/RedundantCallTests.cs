using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>Packets that carry the one before (RFC 2198), in a call.</summary>
public sealed class RedundantCallTests
{
    // RFC 2198: a relayed call that is listened to. What is lost comes with the next packet: only lost packets have the higher tone.
    [Fact]
    public void What_is_lost_of_a_relayed_call_is_heard_from_the_redundancy_of_the_next_packet()
    {
        const byte Red = 96;
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440) { Speaks = false }, new TestPhone(Tones.Pcmu, 620));
        a.Plan = a.Plan with { Audio = a.Plan.Audio! with { RedundancyIn = Red } };
        var session = rig.Call(a, b, canRelay: true);
        var tap = new KeepingTap();
        session.Tap(null, tap);
        rig.Run(100);
        var encoder = CodecCatalog.CreateEncoder(Tones.Pcmu, 20);
        var before = Enumerable.Repeat((byte)0xFF, 160).ToArray();
        for (var i = 0; i < 200; i++)
        {
            var isLost = i % 10 == 5;
            var samples = Enumerable.Range(i * 160, 160).Select(n => (short)(8000 * Math.Sin(2 * Math.PI * (isLost ? 1500 : 400) * n / 8000))).ToArray();
            var own = new byte[160];
            encoder.Encode(samples, own);
            byte[] payload = [0x80, 160 >> 6, (160 << 2) & 0xFF, 160, 0, .. before, .. own];
            var listener = a.Listener;
            a.Listener = isLost ? null : listener;
            a.SendPacket(Red, i == 0, (uint)(i * 160), payload, rig.Now);
            a.Listener = listener;
            before = own;
            rig.Run(20);
        }

        // A tenth of the time: 20 dB less than the tone itself.
        var heard = new WavFile(tap.Rate, tap.A.Samples[tap.Rate..]);
        Assert.InRange(Tones.Level(heard, 1500), -34, -30);
        Assert.InRange(Tones.Level(heard, 400), -14, -12);
    }
}
