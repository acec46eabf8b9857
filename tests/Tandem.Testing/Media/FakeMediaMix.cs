using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Media;
using Tandem.Media.Mixing;

namespace Tandem.Testing.Media;

/// <summary>A mix without sound: who is in it and how.</summary>
public sealed class FakeMediaMix(int places, Action<MediaEvent> heard, Action<FakeMediaMix> closed) : IMediaMix
{
    private int _last;

    /// <summary>Who is in it.</summary>
    public Dictionary<MemberId, (IMediaSession Session, MixSeat Seat)> Members { get; } = [];

    /// <summary>The matrix.</summary>
    public Dictionary<(MemberId From, MemberId To), double?> Routes { get; } = [];

    /// <summary>How members sat, in order, from their first seat on.</summary>
    public List<(MemberId Member, MixSeat Seat)> Seats { get; } = [];

    /// <summary>Makes it tell something.</summary>
    public void Tell(MediaEvent news) => heard(news);

    public MemberId? Join(IMediaSession session, CallSide side, MixSeat seat)
    {
        if (Members.Count >= places)
            return null;

        var id = new MemberId(++_last);
        Members.Add(id, (session, seat));
        Seats.Add((id, seat));
        return id;
    }

    public void Leave(IMediaSession session, CallSide side)
    {
        foreach (var (id, _) in Members.Where(m => m.Value.Session == session).ToArray())
            Members.Remove(id);
    }

    public void Seat(MemberId member, MixSeat seat)
    {
        Members[member] = Members[member] with { Seat = seat };
        Seats.Add((member, seat));
    }

    public void Route(MemberId from, MemberId to, double? gainDb) => Routes[(from, to)] = gainDb;

    public void Unroute(MemberId from, MemberId to) => Routes.Remove((from, to));

    /// <summary>What was played, and to whom.</summary>
    public List<(string Sound, MemberId? To)> Played { get; } = [];

    /// <summary>Recordings that were begun.</summary>
    public List<FakeMediaRecording> Recordings { get; } = [];

    /// <summary>How often all that is played was ended.</summary>
    public int Stops { get; private set; }

    public void Play(string sound, MemberId? to) => Played.Add((sound, to));

    public void StopPlaying() => Stops++;

    public IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem)
    {
        problem = "";
        var recording = new FakeMediaRecording($"room-recording-{Recordings.Count}", order, ended);
        Recordings.Add(recording);
        return recording;
    }

    public void Close() => closed(this);
}
