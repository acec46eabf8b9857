using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Dtmf;
using Tandem.Media.Events;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Audio;

/// <summary>Digits in, out and through, in all kinds that media carries: each once.</summary>
public class DtmfPassingTests
{
    private const int EventType = 101;

    // RFC 4733 §2.5.1: the first packet is marked, the timestamp stays, the last goes out three times.
    [Fact]
    public void A_digit_goes_out_as_events()
    {
        var rig = new AudioRig();
        var a = Phone(440, eventsIn: true, eventOut: true);
        var session = rig.Call(a);
        rig.Run(200);
        var id = session.SendDtmf(MediaSide.A, "5,#", 100);
        rig.Run(2000);

        var events = a.Received.Where(r => r.Header.PayloadType == EventType).ToList();
        Assert.Equal(14, events.Count);
        foreach (var (digit, code) in new[] { (events.Take(7).ToList(), 5), (events.Skip(7).ToList(), 11) })
        {
            Assert.All(digit, e => Assert.Equal((code, digit[0].Header.Timestamp), (e.Payload[0], e.Header.Timestamp)));
            Assert.Equal([true, false, false, false, false, false, false], digit.Select(e => e.Header.Marker));
            Assert.Equal([160, 320, 480, 640, 800, 800, 800], digit.Select(e => (e.Payload[2] << 8) | e.Payload[3]));
            Assert.Equal([false, false, false, false, true, true, true], digit.Select(e => (e.Payload[1] & 0x80) != 0));
        }

        Assert.InRange((events[7].At - events[0].At).TotalMilliseconds, 660, 760);
        Assert.Single(a.Received.Select(r => r.Header.Ssrc).Distinct());
        Assert.Equal(new DtmfSent(MediaSide.A, id, true), Assert.Single(rig.Events));
        for (var i = 1; i < a.Received.Count; i++)
            Assert.Equal((ushort)(a.Received[i - 1].Header.Sequence + 1), a.Received[i].Header.Sequence);
    }

    [Fact]
    public void A_side_without_events_gets_tones()
    {
        var rig = new AudioRig();
        var a = Phone(440, eventsIn: false, eventOut: false);
        var session = rig.Call(a);
        rig.Run(200);
        session.SendDtmf(MediaSide.A, "7", 200);
        rig.Run(1000);
        Assert.InRange(a.LevelOf(852, 240, 140), -13, -9);
        Assert.InRange(a.LevelOf(1209, 240, 140), -11, -7);
        Assert.Equal(["7"], Detected(a));
        Assert.True(a.Received.TrueForAll(r => r.Header.PayloadType == 0));
    }

    // Most calls have no key: a line that is relayed costs nothing until the first one, and that one is heard from its first packet on.
    [Fact]
    public void A_relayed_line_is_listened_to_from_the_first_key_on()
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: true, eventOut: true));
        var session = rig.Call(a, b, canRelay: true);
        session.SetDtmf(MediaSide.A, new DtmfPolicy { Report = true });
        session.SetDtmf(MediaSide.B, new DtmfPolicy { Report = true });
        rig.Run(500);
        Assert.Null(session.Main);
        Assert.Null(a.Listener);
        Assert.NotNull(b.EventWatch);

        Press(rig, a, 9);
        rig.Run(500);
        Assert.NotNull(session.Main);
        Assert.Null(b.EventWatch);
        Press(rig, b, 4);
        rig.Run(500);
        Assert.Equal([(MediaSide.A, '9'), (MediaSide.B, '4')], rig.Events.OfType<DtmfReceived>().Select(e => (e.Side, e.Digit)));
    }

    // What is only found in the sound is looked for from the beginning.
    [Fact]
    public void Tones_are_looked_for_without_a_first_key()
    {
        var rig = new AudioRig();
        var session = rig.Call(Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: true, eventOut: true), canRelay: true);
        session.SetDtmf(MediaSide.A, new DtmfPolicy { Report = true, FindTones = true });
        rig.Run(100);
        Assert.NotNull(session.Main);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Digits_pass_between_two_sides_in_the_kind_that_each_takes(bool takesEvents, bool canRelay)
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: takesEvents, eventOut: takesEvents));
        b.Amplitude = 0;
        a.Amplitude = 0;
        rig.Call(a, b, canRelay);
        rig.Run(500);
        foreach (var code in new byte[] { 1, 9, 9, 10 })
        {
            Press(rig, a, code);
            rig.Run(300);
        }

        rig.Run(500);
        var events = b.Received.Where(r => r.Header.PayloadType == EventType && r.Payload[1] >> 7 != 0).Select(r => (r.Payload[0], r.Header.Timestamp)).Distinct();
        if (takesEvents)
        {
            Assert.Equal([1, 9, 9, 10], events.Select(e => (int)e.Item1));
            Assert.Empty(Detected(b));
        }
        else
        {
            // What is relayed of an event to a side that never heard of it is dropped by the plan of the packet path; this path has none.
            Assert.Equal(["1", "9", "9", "*"], Detected(b));
        }

        var told = rig.Events.OfType<DtmfReceived>().ToList();
        if (!(takesEvents && canRelay))
            Assert.Equal("199*", string.Concat(told.Select(e => e.Digit)));
        Assert.All(told, e => Assert.Equal((MediaSide.A, DtmfKind.RtpEvent, 100), (e.Side, e.Kind, e.DurationMs)));
    }

    [Fact]
    public void Tones_become_events_where_they_are_looked_for()
    {
        var (rig, b) = ToneKeys("42#", pauseMs: 280, sendsInfo: false);
        rig.Run(600);
        Assert.Equal("42#", string.Concat(rig.Events.OfType<DtmfReceived>().Select(e => e.Digit)));
        Assert.All(rig.Events.OfType<DtmfReceived>(), e => Assert.Equal(DtmfKind.InBand, e.Kind));
        var events = b.Received.Where(r => r.Header.PayloadType == EventType && r.Payload[1] >> 7 != 0).Select(r => (r.Payload[0], r.Header.Timestamp)).Distinct();
        Assert.Equal([4, 2, 11], events.Select(e => (int)e.Item1));
    }

    [Fact]
    public void Events_of_a_relayed_call_are_told_on_request_and_info_is_left_to_signalling()
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: false, eventOut: false));
        b.Amplitude = a.Amplitude = 0;
        var session = rig.Call(a, b, canRelay: true);
        session.SetDtmf(MediaSide.A, DtmfPolicy.Default with { Report = true });
        session.SetDtmf(MediaSide.B, DtmfPolicy.Default with { Out = DtmfKind.Info });
        rig.Run(300);
        Press(rig, a, 3);
        rig.Run(600);

        Assert.Equal(('3', DtmfKind.RtpEvent), rig.Events.OfType<DtmfReceived>().Select(e => (e.Digit, e.Kind)).Single());
        Assert.Empty(Detected(b));
        Assert.False(a.IsFed || b.IsFed);
        session.SendDtmf(MediaSide.B, "1", 100, DtmfKind.Info);
        rig.Run(100);
        Assert.False(Assert.Single(rig.Events.OfType<DtmfSent>()).IsComplete);
    }

    // A phone that sends a key as INFO and as event, in any order, pressed shortly or long: the other side gets it once.
    [Theory]
    [InlineData(-200, 1, true, true)]
    [InlineData(0, 1, true, true)]
    [InlineData(60, 1, true, true)]
    [InlineData(60, 1, true, false)]
    [InlineData(200, 1, true, true)]
    [InlineData(200, 1, true, false)]
    [InlineData(0, 15, true, true)]
    [InlineData(0, 15, true, false)]
    [InlineData(1_500, 15, true, true)]
    [InlineData(0, 1, false, true)]
    [InlineData(200, 1, false, false)]
    public void A_key_that_comes_as_event_and_as_info_counts_once(int infoAt, int tenths, bool takesEvents, bool canRelay)
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: takesEvents, eventOut: takesEvents));
        b.Amplitude = a.Amplitude = 0;
        var session = Reporting(rig, a, b, canRelay);
        foreach (var code in new byte[] { 3, 3, 7 })
        {
            var begin = rig.Now;
            if (infoAt < 0)
                Info(rig, session, code, -infoAt);
            Press(rig, a, code, tenths * 5, infoAt < 0 ? int.MaxValue : infoAt / 20, () => Info(rig, session, code, 0));
            if (infoAt > tenths * 100)
                Info(rig, session, code, 0);
            rig.Run(400);
        }

        rig.Run(500);
        Assert.Equal("337", string.Concat(rig.Events.OfType<DtmfReceived>().Select(e => e.Digit)));
        if (takesEvents)
            Assert.Equal([3, 3, 7], Sent(b));
        else
            Assert.Equal(["3", "3", "7"], Detected(b));
    }

    // INFO of a phone that has shown that it sends both is news of nothing, however late it comes; where it cannot send events any more, it is.
    [Fact]
    public void Info_that_comes_long_after_the_event_counts_no_more()
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: true, eventOut: true));
        b.Amplitude = a.Amplitude = 0;
        var session = Reporting(rig, a, b, canRelay: true);
        session.Press(MediaSide.A, '1', 160);
        foreach (var code in new byte[] { 1, 2, 3 })
        {
            Press(rig, a, code);
            rig.Run(400);
        }

        rig.Run(5_000);
        Info(rig, session, 2, 10);
        Info(rig, session, 3, 1_000);
        Assert.Equal("123", string.Concat(rig.Events.OfType<DtmfReceived>().Select(e => e.Digit)));
        Assert.Equal([1, 2, 3], Sent(b));

        a.Plan = a.Plan with { Audio = a.Plan.Audio! with { EventsIn = [] } };
        rig.Plan(session, a, b, canRelay: true);
        Info(rig, session, 4, 1_000);
        Assert.Equal("1234", string.Concat(rig.Events.OfType<DtmfReceived>().Select(e => e.Digit)));
    }

    // Nothing of the phone's brings the key but INFO; it waits only where events were agreed on.
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    public void A_key_that_comes_as_info_alone_passes(bool hasEvents, bool takesEvents, bool canRelay)
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, hasEvents, hasEvents), Phone(620, takesEvents, takesEvents));
        b.Amplitude = a.Amplitude = 0;
        var session = Reporting(rig, a, b, canRelay);
        foreach (var code in new byte[] { 1, 2, 2 })
            Info(rig, session, code, 20);
        rig.Run(hasEvents ? 200 : 40);
        Assert.Equal(hasEvents ? 0 : 3, rig.Events.OfType<DtmfReceived>().Count());
        rig.Run(2_000);
        Assert.Equal([('1', DtmfKind.Info), ('2', DtmfKind.Info), ('2', DtmfKind.Info)], rig.Events.OfType<DtmfReceived>().Select(e => (e.Digit, e.Kind)));
        if (takesEvents)
            Assert.Equal([1, 2, 2], Sent(b));
        else
            Assert.Equal(["1", "2", "2"], Detected(b));
    }

    [Fact]
    public void A_key_that_comes_as_tone_and_as_info_counts_once()
    {
        var (rig, b) = ToneKeys("44#", pauseMs: 380, sendsInfo: true);
        rig.Run(800);
        Assert.Equal("44#", string.Concat(rig.Events.OfType<DtmfReceived>().Select(e => e.Digit)));
        Assert.Equal([4, 4, 11], Sent(b));
    }

    // Held, or without any audio: the world hears of the key all the same.
    [Fact]
    public void A_key_by_info_is_told_without_a_line_too()
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: true, eventOut: true), Phone(620, eventsIn: true, eventOut: true));
        var session = rig.Call(a, b, canRelay: true);
        session.Apply(new MediaPlan([], [], [], false, false), rig.Now);
        session.Press(MediaSide.B, '5', 160);
        rig.Run(600);
        Assert.Equal(new DtmfReceived(MediaSide.B, '5', 160, DtmfKind.Info), Assert.Single(rig.Events));
    }

    // A phone that knows no events presses keys: their tones are looked for.
    private static (AudioRig Rig, TestPhone Far) ToneKeys(string digits, int pauseMs, bool sendsInfo)
    {
        var rig = new AudioRig();
        var (a, b) = (Phone(440, eventsIn: false, eventOut: false), Phone(620, eventsIn: true, eventOut: true));
        a.Amplitude = 0;
        var session = rig.Call(a, b, canRelay: true);
        session.SetDtmf(MediaSide.A, DtmfPolicy.Default with { FindTones = true });
        rig.Run(500);
        foreach (var digit in digits)
        {
            a.Digit = digit;
            if (sendsInfo)
                session.Press(MediaSide.A, digit, 160);
            rig.Run(120);
            a.Digit = null;
            rig.Run(pauseMs);
        }

        return (rig, b);
    }

    private static SessionAudio Reporting(AudioRig rig, TestPhone a, TestPhone b, bool canRelay)
    {
        var session = rig.Call(a, b, canRelay);
        session.SetDtmf(MediaSide.A, DtmfPolicy.Default with { Report = true });
        rig.Run(500);
        return session;
    }

    private static void Info(AudioRig rig, SessionAudio session, byte code, int run)
    {
        session.Press(MediaSide.A, (char)('0' + code), 160);
        rig.Run(run);
    }

    // What goes to a phone as events: one for each timestamp.
    private static List<int> Sent(TestPhone phone) =>
        [.. phone.Received.Where(r => r.Header.PayloadType == EventType).Select(r => (Code: (int)r.Payload[0], r.Header.Ssrc, r.Header.Timestamp)).Distinct().Select(e => e.Code)];

    private static TestPhone Phone(int hertz, bool eventsIn, bool eventOut)
    {
        var phone = new TestPhone(Tones.Pcmu, hertz);
        var audio = phone.Plan.Audio! with { EventsIn = eventsIn ? [EventType] : [], EventOut = eventOut ? EventType : -1 };
        phone.Plan = phone.Plan with { Audio = audio };
        return phone;
    }

    private static void Press(AudioRig rig, TestPhone phone, byte code, int packets = 5, int interruptAt = int.MaxValue, Action? interrupt = null)
    {
        var timestamp = phone.Timestamp;
        phone.Speaks = false;
        for (var i = 1; i <= packets + 2; i++)
        {
            if (i - 1 == interruptAt)
                interrupt!();
            var duration = Math.Min(i, packets) * 160;
            phone.SendPacket(EventType, i == 1, timestamp, [code, (byte)(i >= packets ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration], rig.Now);
            rig.Run(20);
        }

        phone.Speaks = true;
    }

    private static List<string> Detected(TestPhone phone)
    {
        var detector = new DtmfDetector();
        var heard = phone.Heard;
        for (var i = 0; i + 160 <= heard.Samples.Length; i += 160)
            detector.Write(heard.Samples.AsSpan(i, 160), 8000, Moment.FromMilliseconds(i / 8));
        detector.WriteSilence(100, Moment.FromMilliseconds(heard.Samples.Length / 8));
        var found = new List<string>();
        while (detector.TryTake(out var digit))
            found.Add(digit.Digit.ToString());
        return found;
    }
}
