using System.Text;
using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Tests.Sdp;

namespace Tandem.Media.Tests.Plan;

/// <summary>A session between A at 192.0.2.1 and B at 192.0.2.2; descriptions are written without their first lines.</summary>
internal sealed class NegotiationRig
{
    public const string Key1 = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    public const string Key2 = "inline:ZDYyZjNiMjk0ZGRmYjE0MmQ0YzZlOWI4YzYxNWY1";

    public NegotiationRig(MediaOptions? options = null, int seed = 1) =>
        Session = new SessionNegotiation(Contexts.Of(options ?? new MediaOptions(), seed), Ports, new Random(seed));

    public FakePorts Ports { get; } = new();

    public SessionNegotiation Session { get; }

    public MediaPlan Plan => Session.Plan;

    public LinePlan Line(int line = 0) => Plan.Lines[line]!;

    public TransportPlan Transport(MediaSide side, int line = 0) => Plan.Transport(line, side)!;

    /// <summary>A description of a side: the session lines, then <paramref name="media"/>.</summary>
    public static byte[] Sdp(MediaSide side, string media, string session = "") =>
        Sdps.Bytes($"v=0\no=- 9 9 IN IP4 {Host(side)}\ns=-\nc=IN IP4 {Host(side)}\nt=0 0\n{session}{media}");

    public static string Host(MediaSide side) => side == MediaSide.A ? "192.0.2.1" : "192.0.2.2";

    public SdpDocument Offer(MediaSide from, string media, string session = "") => Read(Session.Offer(from, Sdp(from, media, session)));

    public SdpDocument Answer(MediaSide from, string media, string session = "") => Read(Session.Answer(from, Sdp(from, media, session)));

    public MediaError Refused(MediaAnswer answer)
    {
        Assert.NotEqual("", answer.Text);
        return answer.Error;
    }

    public static SdpDocument Read(MediaAnswer answer)
    {
        Assert.True(answer.IsAccepted, answer.Text);
        if (answer.Sdp.IsEmpty)
            return new SdpDocument(default);

        Assert.True(SdpParser.TryParse(answer.Sdp, new MediaOptions(), out var document, out var error), error);
        return document;
    }

    /// <summary>The formats of a line: number, name and parameters.</summary>
    public static string Formats(SdpDocument document, int line = 0) => Formats(document.Media[line]);

    public static string Formats(SdpMedia media)
    {
        var text = new StringBuilder();
        foreach (var format in media.Formats)
            text.Append(text.Length > 0 ? ", " : "").Append(format.Token).Append(' ').Append(format.Name).Append('/').Append(format.ClockRate)
                .Append(format.Parameters.Length > 0 ? " " : "").Append(format.Parameters);
        return text.ToString();
    }

    public static string Text(SdpDocument document) => Sdps.Text(document.Bytes);
}
