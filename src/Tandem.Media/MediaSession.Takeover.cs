using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Transport;

namespace Tandem.Media;

/// <summary>A side goes from one session to another, as in a transfer: what it is told and sent there goes on from what it had.</summary>
public sealed partial class MediaSession
{
    // What the session that a side leaves may still send to it while it is told to stop: a third of a second of sound, and as much of video at 24 Mbit/s. Jitter buffers take less than 3,000
    // (RFC 3550 §A.1, MAX_DROPOUT) for a gap, and the SSRC is another one, so that nobody counts it as lost.
    private const int LeavingAudio = 16;
    private const int LeavingVideo = 1_024;

    // Where the sides went on; of the thread that offers and answers until the session is closed, of the loop then.
    private (MediaSession To, MediaSide Side)? _successorOfA;
    private (MediaSession To, MediaSide Side)? _successorOfB;

    /// <inheritdoc cref="SessionNegotiation.ContinueOrigin"/>
    public void ContinueOrigin(MediaSide side, MediaSession from, MediaSide fromSide) => _negotiation.ContinueOrigin(side, from._negotiation, fromSide);

    /// <summary>
    /// A side comes from another session, at this moment: the numbers of what it is sent go on from what it had there. There are phones whose jitter buffer outlives the session and takes what
    /// is numbered lower for packets that come too late, whatever their SSRC. Called before the SDP by which it comes is taken.
    /// </summary>
    public void ContinueStreams(MediaSide side, MediaSession from, MediaSide fromSide)
    {
        // Until it ends the other session may still send, perhaps its very first packets: it tells its true last numbers then.
        (fromSide == MediaSide.A ? ref from._successorOfA : ref from._successorOfB) = (this, side);
        Post(new Continuation(Core, side, from.LastNumbers(fromSide, isLeaving: true)));
    }

    /// <summary>So many numbers are left out for what a session still sends when a side leaves it, by the SDP media type.</summary>
    internal static int LeavingPackets(string? kind) => kind == "video" ? LeavingVideo : LeavingAudio;

    // By line, -1 where nothing was sent.
    private int[] LastNumbers(MediaSide side, bool isLeaving)
    {
        var lines = Core.Lines;
        var last = new int[lines.Count];
        for (var i = 0; i < last.Length; i++)
            last[i] = lines[i][side].LastSequence is var sequence and >= 0 ? (ushort)(sequence + (isLeaving ? LeavingPackets(lines[i].Plan?.Kind) : 0)) : -1;

        return last;
    }

    private void TellSuccessors()
    {
        if (_successorOfA is { } ofA)
            ofA.To.Post(new Continuation(ofA.To.Core, ofA.Side, LastNumbers(MediaSide.A, isLeaving: false)));
        if (_successorOfB is { } ofB)
            ofB.To.Post(new Continuation(ofB.To.Core, ofB.Side, LastNumbers(MediaSide.B, isLeaving: false)));
        (_successorOfA, _successorOfB) = (null, null);
    }

    private sealed class Continuation(SessionCore core, MediaSide side, int[] last) : IMediaCommand
    {
        public void Run(MediaLoop loop, Moment now) => core.Continue(side, last);
    }
}
