using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Media;

/// <summary>A mix of the media engine of this process.</summary>
public sealed class EngineMediaMix(MediaMix mix) : IMediaMix
{
    /// <inheritdoc/>
    public MemberId? Join(IMediaSession session, CallSide side, MixSeat seat) =>
        session is EngineMediaSession own && mix.Members < mix.Options.MaxMembers ? own.Join(side, mix, seat) : null;

    /// <inheritdoc/>
    public void Leave(IMediaSession session, CallSide side)
    {
        if (session is EngineMediaSession own)
            own.LeaveMix(side);
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
