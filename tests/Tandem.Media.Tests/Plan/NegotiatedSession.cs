using Tandem.Media.Plan;
using Tandem.Media.Tests.Sdp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Base of tests that negotiate one session between two sides.</summary>
public abstract class NegotiatedSession
{
    private protected NegotiatedSession() => Negotiation = new SessionNegotiation(Contexts.Plain, Ports, new Random(1));

    private protected FakePorts Ports { get; } = new();

    private protected SessionNegotiation Negotiation { get; }

    private protected static byte[] Audio(string attributes = "", string host = "192.0.2.1", int port = 5000) =>
        Sdps.Bytes($"v=0\no=- 9 9 IN IP4 {host}\ns=-\nc=IN IP4 {host}\nt=0 0\nm=audio {port} RTP/AVP 0\n{attributes}");

    private protected string Offer(MediaSide from, byte[] sdp)
    {
        var result = Negotiation.Offer(from, sdp);
        Assert.True(result.IsAccepted, result.Text);
        return Sdps.Text(result.Sdp);
    }

    private protected string Answer(MediaSide from, byte[] sdp)
    {
        var result = Negotiation.Answer(from, sdp);
        Assert.True(result.IsAccepted, result.Text);
        return Sdps.Text(result.Sdp);
    }

    private protected LinePlan Line(int line = 0) => Negotiation.Plan.Lines[line]!;

    private protected TransportPlan Transport(MediaSide side) => Negotiation.Plan.Transport(0, side)!;
}
