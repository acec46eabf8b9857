using Tandem.Media.Codecs;
using Tandem.Media.Jitter;
using Tandem.Media.Plan;
using Tandem.Testing;

namespace Tandem.Media.Tests.Jitter;

public class StreamPlayerTests
{
    [Theory]
    [InlineData(20, 8000)]
    [InlineData(10, 8000)]
    [InlineData(30, 8000)]
    [InlineData(40, 16_000)]
    [InlineData(60, 16_000)]
    [InlineData(20, 48_000)]
    public void A_stream_without_disturbance_is_heard_sample_by_sample(int packetMilliseconds, int rate)
    {
        using var ear = new Listening(plan: Listening.Plan(rate));
        var signal = Listening.Sine(440, rate: rate);
        ear.Hear(new Sender(signal, rate).Send(6000 / packetMilliseconds, packetMilliseconds).Through(new Weather()), 5900);

        // Beyond the fade-in of 5 ms, everything is what was sent. The first sample of the sine is zero.
        var start = ear.Heard.FindIndex(s => s != 0) - 1;
        var fade = rate / 200;
        var sent = Enumerable.Range(0, 5 * rate).Select(n => signal(n)).Skip(fade).ToArray();
        Assert.Equal(sent, ear.Heard.Skip(start + fade).Take(sent.Length));
        Assert.Equal((0, 0, 0), (ear.Report.ConcealedMilliseconds, ear.Report.StretchedMilliseconds, ear.Report.ShortenedMilliseconds));
        Assert.Equal(40, ear.Report.Buffer.CurrentMilliseconds, 0.1);
    }

    [Theory]
    [InlineData(1.0001)]
    [InlineData(0.9999)]
    public void A_clock_that_drifts_by_100_ppm_is_followed_for_an_hour(double speed)
    {
        using var ear = new Listening();
        ear.Hear(new Sender(Listening.Sine(440)) { Speed = speed }.Send(180_000).Through(new Weather { Jitter = 1, MaxJitter = 3, Seed = 4 }), 3_590_000);

        var tone = ear.Tone(440, 1);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
        Assert.InRange(ear.LargestStep(), 1, 3600);
        Assert.InRange(ear.Delays.Skip(100).Max(d => d.Current), 20, 80);
        Assert.Equal(0, ear.Report.ConcealedMilliseconds);
        Assert.InRange(ear.Report.StretchedMilliseconds + ear.Report.ShortenedMilliseconds, 300, 420);
    }

    // The most that is concealed is counted in frames of which a part was made up: a loss of 20 ms that lies across two ticks touches both.
    [Theory]
    [InlineData(5, 0, 1, true, 70, 0.005)]
    [InlineData(20, 0, 1, true, 170, 0.01)]
    [InlineData(20, 0, 1, false, 160, 0.01)]
    [InlineData(60, 0, 1, true, 440, 0.02)]
    [InlineData(5, 0.05, 1, true, 70, 0.11)]
    [InlineData(20, 0.1, 3, false, 160, 0.2)]
    [InlineData(5, 0.3, 1, true, 80, 0.65)]
    public void A_tone_comes_through_a_bad_network(double jitter, double loss, double burst, bool inOrder, double maxDelay, double maxConcealed)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            using var ear = new Listening();
            var weather = new Weather { Jitter = jitter, Loss = loss, Burst = burst, InOrder = inOrder, Duplicates = loss / 2, Seed = seed };
            ear.Hear(new Sender(Listening.Sine(440)).Send(3000).Through(weather), 59_000);

            var tone = ear.Tone(440, 1);
            Assert.Equal(440, tone.Hertz, 0.1);
            Assert.InRange(ear.LargestStep(), 1, 4000);
            Assert.InRange(ear.Delays.Average(d => d.Current), 20, maxDelay);
            Assert.InRange(ear.Kinds.Count(k => k == FrameKind.Concealed) / (double)ear.Kinds.Count, 0, maxConcealed);
            Assert.InRange(tone.Gaps, 0, burst > 1 ? 260 : 20);
        }
    }

    // RFC 3550 §A.1: a sender that starts anew, with another sequence, another timestamp, another source.
    [Theory]
    [InlineData(7, 0, 0u)]
    [InlineData(30_000, 0, 0u)]
    [InlineData(0, 500_000_000, 0u)]
    [InlineData(0, -500_000_000, 0u)]
    [InlineData(1234, 99_999, 0x9999u)]
    public void A_sender_that_starts_anew_is_heard_again(int sequenceStep, int timestampStep, uint ssrc)
    {
        using var ear = new Listening();
        var sender = new Sender(Listening.Sine(440)).Send(200);
        sender.Sequence += (ushort)sequenceStep;
        sender.Timestamp += (uint)timestampStep;
        sender.Ssrc = ssrc == 0 ? sender.Ssrc : ssrc;
        ear.Hear(sender.Send(200).Through(new Weather { Jitter = 2 }), 7_900);

        var tone = ear.Tone(440, 0.5);
        Assert.InRange(tone.Gaps, 0, 5);
        Assert.InRange(tone.Heard.TotalSeconds, 7.2, 7.6);
        Assert.InRange(ear.Delays[^1].Current, 20, 80);
        Assert.InRange(ear.LargestStep(), 1, 4000);
    }

    [Fact]
    public void Two_sources_at_once_do_not_take_turns()
    {
        using var ear = new Listening();
        var first = new Sender(Listening.Sine(440)).Send(300);
        var second = new Sender(Listening.Sine(1000)) { Ssrc = 0x7777, Now = 1003, Sequence = 5 }.Send(100);
        ear.Hear(first.Through(new Weather()).Concat(second.Through(new Weather())).OrderBy(p => p.Arrival), 5_900);

        var tone = ear.Tone(440, 0.5);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
        Assert.Equal(100, ear.Report.Buffer.Discarded);
    }

    // RFC 3389 §5.1: time without a gap in the sequence is silence of the sender.
    [Fact]
    public void Silence_suppression_is_no_loss()
    {
        using var ear = new Listening();
        var sender = new Sender(Listening.Sine(440));
        for (var i = 0; i < 10; i++)
            sender.Send(50).Rest(1700);
        ear.Hear(sender.Through(new Weather { Jitter = 2 }), sender.Now);

        Assert.Equal(0, ear.Report.Buffer.Lost);
        Assert.InRange(ear.Report.ConcealedMilliseconds, 0, 20);
        Assert.InRange(ear.Kinds.Count(k => k == FrameKind.Sound), 490, 515);
        Assert.InRange(ear.LargestStep(), 1, 3600);
    }

    // RFC 3389 §4: a CN packet at the beginning of the silence; its level is heard throughout.
    [Fact]
    public void Comfort_noise_fills_a_pause_at_its_level()
    {
        using var ear = new Listening();
        var sender = new Sender(Listening.Sine(440)).Send(50).Put(13, [40]).Rest(2000).Send(50);
        ear.Hear(sender.Through(new Weather()), 4_000);

        var pause = ear.Kinds.Select((kind, i) => (kind, i)).Where(k => k.kind == FrameKind.Noise).Select(k => k.i).ToArray();
        Assert.InRange(pause.Length, 97, 102);
        var noise = ear.Heard.Skip((pause[0] + 2) * 160).Take((pause.Length - 4) * 160).ToArray();
        Assert.Equal(-40, 20 * Math.Log10(Pitch.Level(noise) / 32768), 0.5);
        Assert.Equal(0, ear.Report.Buffer.Lost);
        Assert.Equal(0, ear.Report.ConcealedMilliseconds);
    }

    // RFC 4733 §2.5.1.2: events share the sequence of the audio; they are not lost audio.
    [Fact]
    public void A_telephone_event_is_a_pause_and_no_loss()
    {
        using var ear = new Listening();
        var sender = new Sender(Listening.Sine(440)).Send(100);
        for (var i = 0; i < 8; i++)
        {
            sender.Now += 20;
            sender.Put(101, [5, 10, 0, (byte)(i * 20)]);
        }

        sender.Timestamp += 8 * 160;
        ear.Hear(sender.Send(100).Through(new Weather { Jitter = 2 }), 4_000);

        Assert.Equal(0, ear.Report.Buffer.Lost);
        Assert.InRange(ear.Report.ConcealedMilliseconds, 0, 10);
        Assert.InRange(ear.Kinds.Count(k => k == FrameKind.Silence), 9, 14);
    }

    // RFC 2198 §2: the block of the packet before repairs its loss.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Redundancy_repairs_losses(int levels)
    {
        using var ear = new Listening();
        var plain = new Sender(Listening.Sine(440)).Send(1500);
        var packets = new List<Packet>();
        for (var i = 0; i < plain.Sent.Count; i++)
        {
            var packet = plain.Sent[i];
            var red = new List<byte>();
            var first = Math.Max(0, i - levels);
            for (var k = first; k < i; k++)
            {
                var offset = (i - k) * 160;
                var length = plain.Sent[k].Payload.Length;
                red.AddRange([0x80 | 96, (byte)(offset >> 6), (byte)((offset << 2) | (length >> 8)), (byte)length]);
            }

            red.Add(96);
            for (var k = first; k <= i; k++)
                red.AddRange(plain.Sent[k].Payload);

            // Every tenth is lost, and with two levels the one after it as well.
            if (i % 10 != 5 && (levels == 1 || i % 10 != 6))
                packets.Add(packet with { Arrival = packet.Arrival + 30, Header = packet.Header with { PayloadType = 97 }, Payload = [.. red] });
        }

        ear.Hear(packets, 29_900);
        var late = ear.Kinds.Skip(100).Count(k => k == FrameKind.Concealed);
        Assert.InRange(ear.Report.Buffer.Repaired, 140 * levels, 150 * levels);
        Assert.Equal(0, late);
    }

    // RFC 6716 §2.1.7: the next packet carries the lost one.
    [Fact]
    public void The_next_packet_recovers_a_lost_one()
    {
        var signal = Listening.Sine(440);
        var sender = new Sender(signal).Send(1500);
        var before = new Dictionary<string, short[]>();
        for (var i = 1; i < sender.Sent.Count; i++)
            before[Convert.ToBase64String(sender.Sent[i].Payload)] = [.. Enumerable.Range((i - 1) * 160, 160).Select(n => signal(n))];
        using var ear = new Listening(decoders: f => new LinearCoder(8000) { Redundancy = next => before.GetValueOrDefault(Convert.ToBase64String(next)) });
        ear.Hear(sender.Through(new Weather { Loss = 0.05, Seed = 3 }), 29_900);

        Assert.InRange(ear.Report.RecoveredMilliseconds, 1000, 2000);
        Assert.InRange(ear.Kinds.Skip(100).Count(k => k == FrameKind.Concealed), 0, 15);
    }

    [Fact]
    public void A_change_of_packet_time_costs_nothing()
    {
        using var ear = new Listening();
        var sender = new Sender(Listening.Sine(440)).Send(50, 20).Send(50, 60).Send(100, 10).Send(50, 30).Send(50, 40);
        ear.Hear(sender.Through(new Weather()), sender.Now);

        var tone = ear.Tone(440, 0.2);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
        Assert.Equal(0, ear.Report.Buffer.Lost);
    }

    [Fact]
    public void A_change_of_codec_and_rate_is_heard_between_two_frames()
    {
        var plan = new AudioPlan([new PayloadFormat(96, LinearCoder.Format(8000)), new PayloadFormat(9, LinearCoder.Format(16_000, 8000))], null, []);
        using var ear = new Listening(plan: plan);
        var narrow = new Sender(Listening.Sine(440)).Send(100);
        var wide = new Sender(Listening.Sine(440, rate: 16_000), 16_000, 8000) { Now = narrow.Now, Sequence = narrow.Sequence, Timestamp = narrow.Timestamp, PayloadType = 9 }.Send(100);
        ear.Hear(narrow.Through(new Weather()).Concat(wide.Through(new Weather())), 2_000);
        Assert.Equal(8000, ear.Player.SampleRate);
        var heard = ear.Heard.Count;
        ear.Hear([], 4_000);

        Assert.Equal(16_000, ear.Player.SampleRate);
        Assert.Equal(0, ear.Report.Buffer.Lost);
        Assert.InRange(ear.Heard.Count - heard, 97 * 320, 100 * 320);
    }

    // A stall: everything comes at once, late. It is heard from where it broke off, and the delay goes back in time.
    [Theory]
    [InlineData(200, 200, 0)]
    [InlineData(400, 400, 0)]
    [InlineData(1500, 40, 65)]
    public void After_a_stall_the_delay_drains(int stall, int delayed, int minLost)
    {
        using var ear = new Listening();
        var packets = new Sender(Listening.Sine(440)).Send(3000).Through(new Weather())
            .Select(p => p.Arrival > 10_000 && p.Arrival < 10_000 + stall ? p with { Arrival = 10_000 + stall } : p);
        ear.Hear(packets, 59_900);

        Assert.InRange(ear.Delays.Max(d => d.Current), delayed - 5, delayed + 80);
        Assert.InRange(ear.Delays[^1].Current, 20, 90);
        Assert.InRange(ear.LargestStep(), 1, 4500);
        Assert.InRange(ear.Report.Buffer.Lost + ear.Report.Buffer.Discarded, minLost, 80);
        Assert.Equal(0, ear.Tone(440, 13).Jumps);
    }

    [Fact]
    public void A_packet_and_a_tick_allocate_nothing()
    {
        using var ear = new StreamPlayer(_ => new LinearCoder(8000), new JitterOptions());
        ear.Configure(Listening.Plan());
        var packets = new Sender(Listening.Sine(440)).Send(4000).Through(new Weather { Jitter = 15, Loss = 0.05, Duplicates = 0.05, InOrder = false });
        var frame = new short[StreamPlayer.MaxFrameSamples];
        var (next, now) = (0, 0);
        Run(40_000);
        Assert.Equal(0, Garbage.Of(() => Run(now + 3_000)));
        Assert.InRange(now, 46_000, 79_000);

        void Run(int until)
        {
            for (; now < until; now += 20)
            {
                for (; next < packets.Count && packets[next].Arrival <= now; next++)
                    ear.Receive(packets[next].Header, packets[next].Payload, packets[next].At);
                ear.Read(frame, Tandem.Core.Time.Moment.FromMilliseconds(now));
            }
        }
    }

    [Fact]
    public void A_new_plan_keeps_the_decoders_of_formats_that_stay()
    {
        var made = new List<LinearCoder>();
        var stays = new PayloadFormat(96, LinearCoder.Format(8000));
        var goes = new PayloadFormat(98, LinearCoder.Format(8000));
        using var ear = new Listening(plan: new AudioPlan([stays, goes], null, []), decoders: _ =>
        {
            made.Add(new LinearCoder(8000));
            return made[^1];
        });
        var sender = new Sender(Listening.Sine(440)).Send(20);
        sender.PayloadType = 98;
        sender.Send(20);
        ear.Hear(sender.Through(new Weather()), 1_000);
        ear.Player.Configure(new AudioPlan([stays], null, []));

        Assert.Equal([false, true], made.Select(d => d.IsDisposed));
        sender = new Sender(Listening.Sine(440)) { Now = 1000 }.Send(20);
        ear.Hear(sender.Through(new Weather()), 1_500);
        Assert.Equal(2, made.Count);
    }
}
