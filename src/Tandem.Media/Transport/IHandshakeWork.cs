using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>A turn of a handshake: half a millisecond of computing that must not stand between a loop and its packets.</summary>
internal interface IHandshakeWork
{
    /// <summary>Computes, on any thread; <see cref="Finish"/> is not called before it has returned or thrown.</summary>
    void Compute();

    /// <summary>Takes up what was computed, on the loop of the session.</summary>
    void Finish(Moment now);
}
