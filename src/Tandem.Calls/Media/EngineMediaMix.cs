using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Media;

/// <summary>A mix of the media engine of this process.</summary>
public sealed class EngineMediaMix(MediaMix mix) : IMediaMix
{
    // The mix itself counts on its loop, a moment later: a burst of callers would be let in, told so, and hear nothing.
    private readonly HashSet<(EngineMediaSession Session, CallSide Side)> _members = [];

    /// <inheritdoc/>
    public MemberId? Join(IMediaSession session, CallSide side, MixSeat seat)
    {
        if (session is not EngineMediaSession own)
            return null;

        lock (_members)
        {
            if (_members.Count >= mix.Options.MaxMembers && !_members.Contains((own, side)))
                return null;

            _members.Add((own, side));
        }

        return own.Join(side, mix, seat);
    }

    /// <inheritdoc/>
    public void Leave(IMediaSession session, CallSide side)
    {
        if (session is not EngineMediaSession own)
            return;

        own.LeaveMix(side);
        lock (_members)
            _members.Remove((own, side));
    }

    /// <inheritdoc/>
    public void Seat(MemberId member, MixSeat seat)
    {
        mix.SetMute(member, seat.IsMuted);
        mix.SetDeaf(member, seat.IsDeaf);
        mix.SetGain(member, seat.GainDb, seat.HearingGainDb);
        mix.SetHeardByAll(member, seat.IsHeardByAll);
        mix.SetHearsAll(member, seat.HearsAll);
    }

    /// <inheritdoc/>
    public void Route(MemberId from, MemberId to, double? gainDb) => mix.SetRoute(from, to, gainDb ?? double.NegativeInfinity);

    /// <inheritdoc/>
    public void Unroute(MemberId from, MemberId to) => mix.SetRoute(from, to, null);

    /// <inheritdoc/>
    public void Close() => mix.Close();
}
