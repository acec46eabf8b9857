using Tandem.Calls.Calls;

namespace Tandem.Calls.Ports;

/// <summary>
/// The relay between the two sides of one call. Offers and answers pass through it and come out with our address and ports
/// (RFC 3264); <c>Exchange</c> as side is not allowed. One SIP shard uses a session; the packets run on a media shard.
/// </summary>
public interface IMediaSession
{
    /// <summary>
    /// Tells what is known of the phone of <paramref name="side"/>, before its first SDP and when another contact answers: where its
    /// signalling comes from, whether its media is encrypted, its codecs.
    /// </summary>
    void Expect(CallSide side, MediaPeer peer)
    {
    }

    /// <summary>
    /// The phone of <paramref name="side"/> comes from another session, where it was <paramref name="fromSide"/>: what it is sent from
    /// here goes on with the origin that it knows (RFC 3264 §8: same id, next version). Called before its first SDP from here.
    /// </summary>
    void ContinueOrigin(CallSide side, IMediaSession from, CallSide fromSide)
    {
    }

    /// <summary>
    /// The phone of <paramref name="side"/> leaves the other session now: what it hears here is numbered on from what it heard there. Called before the SDP by which it comes is taken.
    /// </summary>
    void ContinueStreams(CallSide side, IMediaSession from, CallSide fromSide)
    {
    }

    /// <summary>
    /// Takes the offer that <paramref name="from"/> sent and returns the offer for the other side. The session that is in
    /// force goes on until <see cref="Answer"/> (RFC 3264 §8).
    /// </summary>
    MediaResult Offer(CallSide from, ReadOnlyMemory<byte> sdp);

    /// <summary>
    /// The offer that is open, as another kind of phone on side <paramref name="to"/> gets it: one number may ring a browser and a desk phone.
    /// <see cref="Expect"/> before <see cref="Answer"/> tells which of them answers.
    /// </summary>
    MediaResult OfferFor(CallSide to, MediaPeer peer);

    /// <summary>
    /// Takes the answer of <paramref name="from"/> to the last offer and returns the answer for the other side; the new plan is
    /// in force when this returns. A provisional answer (early media) may be followed by another one for the same offer,
    /// also from another fork: the last one wins.
    /// </summary>
    MediaResult Answer(CallSide from, ReadOnlyMemory<byte> sdp);

    /// <summary>
    /// Takes the offer of <paramref name="from"/> and answers it for the exchange itself, which is the other party; in force when this
    /// returns.
    /// </summary>
    MediaResult Accept(CallSide from, ReadOnlyMemory<byte> sdp);

    /// <summary>
    /// An offer of our own to <paramref name="to"/>: the first one where the phone asked for it (RFC 3264 §5), or the session as it is. Its
    /// answer goes to <see cref="Answer"/>, whose result has no SDP then.
    /// </summary>
    MediaResult Create(CallSide to);

    /// <summary>
    /// True when an offer by <see cref="Create"/> to <paramref name="side"/> may spare the transcoding of its sound. It stays so until the side
    /// has accepted one; a side that refuses is not asked again.
    /// </summary>
    bool WantsReoffer(CallSide side) => false;

    /// <summary>What the exchange plays and hears in this session.</summary>
    IMediaSound Sound { get; }

    /// <summary>Drops an offer that was refused (488, 491, CANCEL of a re-INVITE); what was in force stays.</summary>
    void AbandonOffer();

    /// <summary>True when, by the plan in force, <paramref name="side"/> holds the other (it sends sendonly or inactive).</summary>
    bool HoldsOther(CallSide side);

    /// <summary>
    /// While on, what <paramref name="by"/> says in SDP is taken as if it held the other side (RFC 3264 §8.4); where nobody is on that side, the exchange
    /// holds the other one in its place. In force with the next offer and answer.
    /// </summary>
    void Hold(CallSide by, bool on)
    {
    }

    /// <summary>What came from <paramref name="side"/> so far.</summary>
    DirectionStatistics From(CallSide side);

    /// <summary>The relayed streams, for the API; empty before the first answer.</summary>
    IReadOnlyList<MediaStreamSnapshot> Streams();

    /// <summary>How many they are. Any thread may ask; it costs no list.</summary>
    int StreamCount => Streams().Count;

    /// <summary>Stops the relay and gives the ports back. Safe to call twice.</summary>
    void Close();
}
