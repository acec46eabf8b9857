using Tandem.Calls.Ports;
using Tandem.Calls.Recording;

namespace Tandem.Testing.Media;

/// <summary>A recording without sound.</summary>
public sealed class FakeMediaRecording(string id, RecordingOrder order, Action<string, string> ended) : IMediaRecording
{
    public string Id => id;

    /// <summary>What it was begun with.</summary>
    public RecordingOrder Order => order;

    public bool IsPaused { get; set; }

    public bool IsMasked { get; set; }

    public bool IsStopped { get; private set; }

    public void Stop()
    {
        IsStopped = true;
        ended(id, "Stopped");
    }

    /// <summary>Ends as a full disk would end it.</summary>
    public void Break(string reason) => ended(id, reason);
}
