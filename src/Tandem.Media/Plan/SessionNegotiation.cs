using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>
/// The offers and answers of one session (RFC 3264). Each side negotiates with us by itself; here the two are coupled: what one side offers
/// is offered to the other, together with what we can translate, and what that one answers becomes the answer. One side alone is answered
/// by the exchange itself. Sans-IO; one thread at a time.
/// <para>Old-style hold (c=0.0.0.0) is passed on as our own address with <c>a=sendonly</c> or <c>a=inactive</c>: that is what it means
/// (RFC 3264 §8.4), and the other side then keeps sending RTCP to a place that listens.</para>
/// </summary>
public sealed partial class SessionNegotiation
{
    private readonly NegotiationContext _context;
    private readonly ILocalPorts _ports;
    private readonly LegNegotiation[] _legs;
    private readonly bool[] _holds = new bool[2];

    // By side: the exchange is in its place alone, and holds the other one.
    private bool[]? _ownHolds;

    // By side: it was asked once to do with fewer codecs, and it did.
    private readonly bool[] _isNarrow = new bool[2];
    private Exchange? _open;

    /// <param name="context">What it stands on.</param>
    /// <param name="ports">Our address and our ports.</param>
    /// <param name="random">For the ids of the sessions that the two sides see.</param>
    public SessionNegotiation(NegotiationContext context, ILocalPorts ports, Random random)
    {
        _context = context;
        _ports = ports;
        _legs =
        [
            new LegNegotiation(MediaSide.A, context, ports, new SdpOrigin(random.Next(1, int.MaxValue))),
            new LegNegotiation(MediaSide.B, context, ports, new SdpOrigin(random.Next(1, int.MaxValue))),
        ];
    }

    /// <summary>The plan in force: what the last answers said.</summary>
    public MediaPlan Plan { get; private set; } = MediaPlan.Empty;

    /// <summary>Says who is on a side, best before its first SDP, and again when somebody else is rung, answers or takes over there.</summary>
    public void Expect(MediaSide side, LegPolicy policy) => Leg(side).Expect(policy);

    /// <summary>
    /// A side that was in another session goes on in this one: it sees the same origin, with a version that grows from there
    /// (RFC 3264 §8), and another certificate, so that it makes a new DTLS association (RFC 8842 §4). Called before that side is sent
    /// anything that is written here.
    /// </summary>
    public void ContinueOrigin(MediaSide side, SessionNegotiation from, MediaSide fromSide) =>
        Leg(side).Continue(from.Leg(fromSide));

    /// <summary>Takes an offer and gives the offer for the other side. What is in force goes on. The bytes are not kept.</summary>
    public MediaAnswer Offer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (Take(from, sdp, out var offer, out var taken) is { } refused)
            return refused;

        var other = Leg(PlanCompiler.Other(from));
        var lines = new OfferLine[taken.Length];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = LineFor(taken[i], other.Policy, !_isNarrow[(int)PlanCompiler.Other(from)]);

        _open = new Exchange(from, PlanCompiler.Other(from), offer, taken, lines, false);
        return WriteOffer();
    }

    /// <summary>
    /// The offer that is open, for the peer that is expected on its side now: where several phones of different kinds are rung, each gets
    /// its own. An answer belongs to the offer for the kind of peer that is expected when it comes.
    /// </summary>
    public MediaAnswer OpenOffer(MediaSide to)
    {
        if (_open is not { } open || open.To != to)
            return MediaAnswer.Refuse(MediaError.WrongState, "no offer is open");

        var leg = Leg(to);
        return leg.HasOfferForPolicy ? new MediaAnswer(leg.OpenOffer!.Sdp, MediaError.None, "") : WriteOffer();
    }

    /// <summary>
    /// Takes an answer to the last offer and gives the answer for the offerer; empty when the offer was our own. <see cref="Plan"/> is the
    /// new one afterwards. Another answer to the same offer may follow (early media, another fork): the last one counts.
    /// </summary>
    public MediaAnswer Answer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        var leg = Leg(from);
        if (_open is not { } open || open.To != from || leg.OpenOffer is not { } offer)
            return MediaAnswer.Refuse(MediaError.WrongState, "there is no offer that this answers");
        if (Parse(sdp, out var answer) is { } malformed)
            return malformed;
        if (leg.ReadAnswer(answer, offer, out var lines) is { } problem)
            return MediaAnswer.Refuse(MediaError.NotAcceptable, problem);
        if (!Any(lines) && (open.IsNarrow || !leg.IsInForce))
            return MediaAnswer.Refuse(MediaError.NotAcceptable, "the answer accepts no media line");
        if (!leg.TryAccept(lines))
            return NoPorts();

        byte[] written = [];
        if (open.From is { } offerer)
        {
            var other = Leg(offerer);
            var answers = new AnswerLine?[open.Taken.Length];
            for (var i = 0; i < answers.Length; i++)
                answers[i] = i < lines.Length && lines[i] is { } line && open.Taken[i].IsUsable ? AnswerFor(open.Taken[i], line, other) : null;
            if (other.WriteAnswer(open.Offer!, open.Taken, answers, out var accepted) is not { } bytes)
                return NoPorts();

            // What the offerer cannot have is of no use to the other side either.
            for (var i = 0; i < lines.Length; i++)
            {
                if (i >= accepted.Length || accepted[i] is null)
                    lines[i] = null;
            }

            other.Commit(accepted);
            written = bytes;
            _holds[(int)offerer] = Holds(accepted);
        }

        _holds[(int)from] = AnswererHolds(lines, _holds[(int)from]);
        if (open.From is null)
            HoldAlone(from);
        leg.Commit(lines);
        open.IsAnswered = true;
        _isNarrow[(int)from] |= open.IsNarrow;
        Plan = PlanCompiler.Compile(_legs[0], _legs[1], leg.Rules, _holds[0], _holds[1]);
        return new MediaAnswer(written, MediaError.None, "");
    }

    /// <summary>Takes an offer and answers it: the exchange itself is the other party, or passes nothing of it on. The new plan is in force.</summary>
    public MediaAnswer Accept(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (Take(from, sdp, out var offer, out var taken) is { } refused)
            return refused;

        var leg = Leg(from);
        var other = Leg(PlanCompiler.Other(from));
        var answers = new AnswerLine?[taken.Length];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = taken[i].IsUsable ? OwnAnswer(taken[i], i < other.Lines.Count ? other.Lines[i] : null, leg, IsHeldAlone(from)) : null;

        _open = null;
        leg.DropOffers();
        if (!Array.Exists(answers, static answer => answer is not null) && Array.Exists(taken, static line => line.IsUsable))
        {
            ReleasePorts();
            return Refuse("no media line ends here");
        }

        if (leg.WriteAnswer(offer, taken, answers, out var accepted) is not { } bytes)
        {
            ReleasePorts();
            return NoPorts();
        }

        HoldAlone(from);
        leg.Commit(accepted);
        _holds[(int)from] = Holds(accepted);
        Plan = PlanCompiler.Compile(_legs[0], _legs[1], leg.Rules, _holds[0], _holds[1]);
        return new MediaAnswer(bytes, MediaError.None, "");
    }

    /// <summary>
    /// While on, and while nobody is on side <paramref name="by"/>, the exchange in its place holds the other side (RFC 3264 §8.4): what it is offered or answered leaves it nothing to say.
    /// In force with the next offer and answer.
    /// </summary>
    public void Hold(MediaSide by, bool on)
    {
        if (on || _ownHolds is not null)
            (_ownHolds ??= new bool[2])[(int)by] = on;
    }

    /// <summary>
    /// Gives an offer of our own: of what the other side has agreed on, where there is one in force, else of all that we speak. Where
    /// <see cref="WantsReoffer"/> says so, it keeps to what needs no transcoding.
    /// </summary>
    public MediaAnswer Create(MediaSide to)
    {
        if (_open is { IsAnswered: false })
            return MediaAnswer.Refuse(MediaError.WrongState, "an offer is open");

        var leg = Leg(to);
        var other = Leg(PlanCompiler.Other(to));
        var isNarrow = WantsReoffer(to);
        leg.DropOffers();
        _open = new Exchange(null, to, null, [], OwnOffer(leg, other, isNarrow || _isNarrow[(int)to], IsHeldAlone(to)), isNarrow);
        return WriteOffer();
    }

    /// <summary>
    /// True when an offer to <paramref name="side"/> with fewer codecs (<see cref="Create"/>) may spare the transcoding of its sound. False
    /// once it has accepted one. Whoever asks gives up when it is refused: such a side is transcoded.
    /// </summary>
    public bool WantsReoffer(MediaSide side)
    {
        var (leg, other) = (Leg(side), Leg(PlanCompiler.Other(side)));
        if (_isNarrow[(int)side] || _open is { IsAnswered: false })
            return false;

        for (var i = 0; i < Math.Min(leg.Lines.Count, other.Lines.Count); i++)
        {
            if (leg.Lines[i] is { Kind: "audio" } own && other.Lines[i] is { Kind: "audio" } theirs
                && !PlanCompiler.Passes(own, theirs, leg.Rules)
                && theirs.Formats.Any(format => format.IsMedia && (own.Find(format.Key) is not null || format.Audio?.Codec is Codecs.AudioCodec.Pcmu or Codecs.AudioCodec.Pcma)))
                return true;
        }

        return false;
    }

    /// <summary>Drops an offer that has no answer yet; what was in force stays.</summary>
    public void Abandon()
    {
        if (_open is not { IsAnswered: false })
            return;

        Drop();
        ReleasePorts();
    }

    /// <summary>
    /// The side has left: its lines are gone, and the other side goes on alone with the exchange. Its ports are in use until the plan is in
    /// force: <see cref="ReleasePorts"/> is for afterwards.
    /// </summary>
    public void Leave(MediaSide side)
    {
        var leg = Leg(side);
        Drop();
        leg.Commit([]);
        _holds[(int)side] = false;
        _isNarrow.AsSpan().Clear();
        Plan = PlanCompiler.Compile(_legs[0], _legs[1], leg.Rules, _holds[0], _holds[1]);
    }

    /// <summary>Gives back every port that neither what is in force needs nor an offer that may still be answered.</summary>
    public void ReleasePorts()
    {
        var needed = new[] { new bool[_context.Options.MaxMediaLines], new bool[_context.Options.MaxMediaLines] };
        for (var i = 0; i < 2; i++)
            _legs[i].MarkPorts(needed[i]);

        // Another fork may accept what this one refused, so the ports of the offerer stay until the next offer as well.
        if (_open is { From: { } from } open)
        {
            foreach (var line in open.Taken)
            {
                if (line.IsUsable)
                    needed[(int)from][line.Transport] = true;
            }
        }

        _ports.Keep(needed[0], needed[1]);
    }

    private static MediaAnswer NoPorts() => MediaAnswer.Refuse(MediaError.NoPorts, "no media port is free");

    private static MediaAnswer Refuse(string reason) => MediaAnswer.Refuse(MediaError.NotAcceptable, reason);

    private static bool Any(LegLine?[] lines) => Array.Exists(lines, static line => line is not null);

    private bool IsHeldAlone(MediaSide side) => _ownHolds is { } holds && holds[(int)PlanCompiler.Other(side)] && !Leg(PlanCompiler.Other(side)).IsInForce;

    // Whether the exchange, alone with a side, holds it by what is in force now.
    private void HoldAlone(MediaSide side)
    {
        if (!Leg(PlanCompiler.Other(side)).IsInForce)
            _holds[(int)PlanCompiler.Other(side)] = IsHeldAlone(side);
    }

    private LegNegotiation Leg(MediaSide side) => _legs[(int)side];

    private MediaAnswer? Parse(ReadOnlyMemory<byte> sdp, out SdpDocument document)
    {
        // Documents live as long as the session; the caller's buffer may be another message by then.
        var parsed = SdpParser.TryParse(sdp.Length > _context.Options.MaxSdpBytes ? sdp : sdp.ToArray(), _context.Options, out var read, out var error);
        document = read!;
        return parsed ? null : MediaAnswer.Refuse(MediaError.Malformed, error);
    }

    // Judges an offer. A refusal leaves everything as it was.
    private MediaAnswer? Take(MediaSide from, ReadOnlyMemory<byte> sdp, out SdpDocument offer, out TakenLine[] taken)
    {
        taken = [];
        offer = null!;
        if (_open is { IsAnswered: false })
            return MediaAnswer.Refuse(MediaError.WrongState, "an offer is open");
        if (Parse(sdp, out offer) is { } malformed)
            return malformed;

        var leg = Leg(from);
        taken = leg.Take(offer);
        var problem = "";
        var usable = false;
        for (var i = 0; i < taken.Length; i++)
        {
            usable |= taken[i].IsUsable;
            if (taken[i].Reason.Length > 0 && problem.Length == 0)
                problem = $"m= line {i + 1} is not accepted: {taken[i].Reason}";

            // What is required is not lost by an offer that drops it: what is in force stays.
            if (leg.Policy.RequiresKeys && taken[i].Reason.Length > 0 && i < leg.Lines.Count && leg.Lines[i] is not null)
                return Refuse(problem);
        }

        // A later offer may switch every line off (RFC 3264 §8.2); a first one that leaves nothing is of no use.
        if (!usable && (problem.Length > 0 || !leg.IsInForce))
            return Refuse(problem.Length > 0 ? problem : "no media line is offered");

        Leg(MediaSide.A).DropOffers();
        Leg(MediaSide.B).DropOffers();
        if (leg.TryReserve(taken))
            return null;

        _open = null;
        ReleasePorts();
        return NoPorts();
    }

    private MediaAnswer WriteOffer()
    {
        var open = _open!;
        var other = Leg(PlanCompiler.Other(open.To));
        if (Leg(open.To).WriteOffer(open.Lines, other.IsV6) is not { } offer)
        {
            Drop();
            ReleasePorts();
            return NoPorts();
        }

        // To switch all lines off is a wish that can be passed on; lines of which none can pass are refused instead.
        if (offer.Lines.Any(static line => !line.IsOff) || open.Lines.All(static line => line.IsOff))
            return new MediaAnswer(offer.Sdp, MediaError.None, "");

        Drop();
        ReleasePorts();
        return Refuse("no media line can be passed on");
    }

    private void Drop()
    {
        _open = null;
        _legs[0].DropOffers();
        _legs[1].DropOffers();
    }

    /// <summary>An offer under way, or the last one that was answered.</summary>
    private sealed class Exchange(MediaSide? from, MediaSide to, SdpDocument? offer, TakenLine[] taken, OfferLine[] lines, bool isNarrow)
    {
        /// <summary>Who offered; null when we did.</summary>
        public MediaSide? From { get; } = from;

        public MediaSide To { get; } = to;

        public SdpDocument? Offer { get; } = offer;

        public TakenLine[] Taken { get; } = taken;

        public OfferLine[] Lines { get; } = lines;

        /// <summary>It asks the side to do with fewer codecs.</summary>
        public bool IsNarrow { get; } = isNarrow;

        public bool IsAnswered { get; set; }
    }
}
