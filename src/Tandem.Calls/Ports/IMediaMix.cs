using Tandem.Calls.Calls;
using Tandem.Calls.Recording;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Ports;

/// <summary>A mix of many sides: each hears all the others and not himself, unless the matrix says otherwise. Thread-safe.</summary>
public interface IMediaMix
{
    /// <summary>Puts a side of a session in; it hears the mix instead of its other side. Null when the mix is full or closed.</summary>
    MemberId? Join(IMediaSession session, CallSide side, MixSeat seat);

    /// <summary>Takes a side of a session out of the mix that it is in.</summary>
    void Leave(IMediaSession session, CallSide side);

    /// <summary>Changes how a member sits.</summary>
    void Seat(MemberId member, MixSeat seat);

    /// <summary>Who hears whom: the gain, dB, at which <paramref name="to"/> hears <paramref name="from"/>; null for not at all.</summary>
    void Route(MemberId from, MemberId to, double? gainDb);

    /// <summary>Takes an entry of the matrix back: the seats of both decide again.</summary>
    void Unroute(MemberId from, MemberId to);

    /// <summary>
    /// Plays a sound of the mix's tenant to all, or to one, as soon as it is open; <c>tone:entry</c> and <c>tone:exit</c> are always there. A sound
    /// that cannot be had is a short tone instead.
    /// </summary>
    void Play(string sound, MemberId? to);

    /// <summary>Ends all that is played.</summary>
    void StopPlaying();

    /// <summary>Records what all together say. Null when it is refused; <paramref name="problem"/> says why.</summary>
    /// <param name="order">Whose it is.</param>
    /// <param name="ended">Called once, on any thread, when the recording is over, with its name and the reason.</param>
    /// <param name="problem">For people; empty when it is not refused.</param>
    IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem);

    /// <summary>Ends the mix; who is in it hears silence.</summary>
    void Close();
}
