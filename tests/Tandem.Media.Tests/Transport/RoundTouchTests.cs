using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Media.Transport;
using Tandem.Testing;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>Reading ahead changes nothing, wherever a session stands, and allocates nothing.</summary>
public sealed class RoundTouchTests
{
    private static readonly Random Keys = new(29);

    private readonly VirtualSession _session = new();
    private Moment _now = Moment.FromMilliseconds(1000);

    public static TheoryData<string> States => ["nothing", "plain", "sdes", "gcm", "rtcp apart", "opaque", "one side", "bundle"];

    [Theory]
    [MemberData(nameof(States))]
    public void It_changes_nothing_wherever_the_session_stands(string state)
    {
        if (PlanOf(state) is { } plan)
            _session.Apply(plan, _now);
        TouchAll();
        for (ushort i = 0; i < 5; i++)
        {
            _now += TimeSpan.FromMilliseconds(20);
            if (state is "plain" or "rtcp apart" or "bundle")
                Assert.Equal(state == "bundle" ? PacketVerdict.NoLine : PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(i), A, _now));
            TouchAll();
        }

        var sent = _session.TakeSent();
        Assert.Equal(state is "plain" or "rtcp apart" ? 5 : 0, sent.Count);
        for (ushort i = 0; i < sent.Count; i++)
        {
            Assert.Equal(B, sent[i].Target);
            Assert.Equal(Phone.Packet(i), sent[i].Packet);
        }
    }

    [Fact]
    public void It_allocates_nothing()
    {
        _session.Apply(PlanOf("sdes")!, _now);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                TouchAll();
        }));
    }

    private static SdesPlan Sdes(SrtpProfile profile) => new(profile, SrtpKey.Create(profile, Keys), SrtpKey.Create(profile, Keys));

    private static MediaPlan? PlanOf(string state) => state switch
    {
        "plain" => OneLine(),
        "sdes" => OneLine(To(A, Sdes(SrtpProfile.AesCm128HmacSha1Tag80)), To(B, Sdes(SrtpProfile.AesCm128HmacSha1Tag32))),
        "gcm" => OneLine(To(A, Sdes(SrtpProfile.AeadAes128Gcm)), To(B, Sdes(SrtpProfile.AeadAes256Gcm))),
        "one secured" => OneLine(b: To(B, Sdes(SrtpProfile.AesCm128HmacSha1Tag80))),
        "rtcp apart" => OneLine(To(A, mux: false), To(B, mux: false)),
        "opaque" => OneLine(To(A, opaque: true), To(B, opaque: true)),
        "one side" => new MediaPlan([new LinePlan("audio", Side(), null, false)], [To(A)], [null], false, false),
        "bundle" => new MediaPlan(
            [new LinePlan("audio", Side(payloads: Payloads("8")), Side(), true), new LinePlan("video", Side(payloads: Payloads("96", "96 VP8/90000")), Side(), true)],
            [To(A), null],
            [To(B), null],
            false,
            false),
        _ => null,
    };

    private void TouchAll()
    {
        foreach (var side in (ReadOnlySpan<MediaSide>)[MediaSide.A, MediaSide.B])
        {
            var transports = _session.Core.Transports(side);
            for (var i = 0; i < transports.Count; i++)
            {
                Touch(transports[i].Rtp);
                Touch(transports[i].Rtcp);
            }
        }
    }

    private static void Touch(TransportComponent component)
    {
        for (var step = 0; step < RoundTouch.Steps; step++)
            _ = RoundTouch.Step(step, component);
        for (var step = 0; step < RoundTouch.KeySteps; step++)
            _ = RoundTouch.KeyStep(step, component);
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("opaque", false)]
    [InlineData("sdes", true)]
    [InlineData("gcm", true)]
    [InlineData("one secured", true)]
    public void Keys_are_looked_for_where_one_side_has_some(string state, bool expected)
    {
        _session.Apply(PlanOf(state)!, _now);
        Assert.Equal(expected, RoundTouch.HasKeys(_session.Core.Transports(MediaSide.A)[0].Rtp));
        Assert.Equal(expected, RoundTouch.HasKeys(_session.Core.Transports(MediaSide.B)[0].Rtp));
    }
}
