using Tandem.Calls.Recording;
using Tandem.Media.Recording;

namespace Tandem.Calls.Ports;

/// <summary>Makes recordings of calls. Thread-safe; nothing waits.</summary>
public interface IRecordingService
{
    /// <summary>
    /// Begins a recording: the result is tapped to a session or a mix. Null when it is refused, <paramref name="problem"/> says why (no
    /// room on the disk, too many at once); the call goes on without.
    /// </summary>
    Recorder? TryStart(RecordingOrder order, out string problem);
}
