using System.Collections.Concurrent;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Media.Native;

namespace Tandem.Media.Recording;

/// <summary>
/// Writes all recordings on one thread of its own. A disk that is slow, full or gone ends recordings; media loops never wait for it.
/// </summary>
public sealed class RecordingEngine : IDisposable
{
    private const int PollsPerCheck = 10;

    private readonly RecordingOptions _options;
    private readonly Func<string, long> _freeBytes;
    private readonly Func<string, FileStreamOptions, FileStream>? _open;
    private readonly ConcurrentQueue<Recorder> _arrivals = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly List<RecordingTrack> _tracks = [];
    private readonly RecordingScratch _scratch = new();
    private volatile bool _isClosing;
    private int _active;
    private long _started;
    private long _failed;
    private long _droppedFrames;
    private long _bytes;

    /// <param name="options">Limits.</param>
    /// <param name="freeBytes">Free bytes of the disk on which a path lies; null asks the system.</param>
    /// <param name="open">Opens the file of a recording; null for the system.</param>
    public RecordingEngine(RecordingOptions options, Func<string, long>? freeBytes = null, Func<string, FileStreamOptions, FileStream>? open = null)
    {
        _options = options;
        _open = open;
        _freeBytes = freeBytes ?? SystemFreeBytes;
        _thread = new Thread(Run) { Name = "recordings", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Recordings that are being made.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Recordings since the start.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>Those that a disk or a fault ended.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Frames that found no room in their ring.</summary>
    public long DroppedFrames => Interlocked.Read(ref _droppedFrames);

    /// <summary>Bytes written.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>
    /// Begins a recording; null when there are too many, the disk is nearly full or the format cannot be written here:
    /// <paramref name="problem"/> says so. It does not touch the disk beyond asking for its free space.
    /// </summary>
    public Recorder? TryStart(RecordingRequest request, out string problem)
    {
        problem = Refusal(request);
        if (problem.Length > 0)
            return null;

        if (Interlocked.Increment(ref _active) > _options.MaxRecordings || _isClosing)
        {
            Interlocked.Decrement(ref _active);
            problem = $"{_options.MaxRecordings} recordings are being made already";
            return null;
        }

        Interlocked.Increment(ref _started);
        var recorder = new Recorder(request, _options, this);
        _arrivals.Enqueue(recorder);
        Wake();
        return recorder;
    }

    /// <summary>Ends all recordings; their files are whole when it returns.</summary>
    public void Dispose()
    {
        if (_isClosing)
            return;

        _isClosing = true;
        Wake();
        _thread.Join();
        _wake.Dispose();
    }

    internal void CountDropped() => Interlocked.Increment(ref _droppedFrames);

    internal void Wake()
    {
        if (!_thread.IsAlive)
            return;

        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The engine ended in between: nobody is to be woken.
        }
    }

    private static long SystemFreeBytes(string path)
    {
        var existing = Path.GetDirectoryName(Path.GetFullPath(path));
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        return existing is null ? 0 : new DriveInfo(existing).AvailableFreeSpace;
    }

    private string Refusal(RecordingRequest request)
    {
        if (request.Format == RecordingFormat.Ogg && !NativeLibraries.IsAvailable(NativeLibraries.Opus))
            return $"Ogg/Opus needs {NativeLibraries.Opus}, which is not installed";

        return HasRoom(request.Path) ? "" : $"the disk of {Path.GetDirectoryName(request.Path)} has less than {_options.MinFreeBytes >> 20} MiB left";
    }

    private bool HasRoom(string path)
    {
        try
        {
            return _freeBytes(path) >= _options.MinFreeBytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private void Run()
    {
        for (var polls = 0; ; polls++)
        {
            var isClosing = _isClosing;
            while (_arrivals.TryDequeue(out var recorder))
                Open(recorder);

            var checksRoom = polls % PollsPerCheck == 0;
            for (var i = _tracks.Count - 1; i >= 0; i--)
            {
                if (!Serve(_tracks[i], checksRoom, isClosing))
                    _tracks.RemoveAt(i);
            }

            if (isClosing && _arrivals.IsEmpty)
                return;

            _wake.WaitOne(_options.PollInterval);
        }
    }

    private void Open(Recorder recorder)
    {
        try
        {
            var track = new RecordingTrack(recorder, _options, _scratch, _open);
            Interlocked.Add(ref _bytes, track.Bytes);
            _tracks.Add(track);
        }
        catch (Exception e)
        {
            // A fault of one recording is no other's.
            End(recorder, new RecordingSummary(recorder.Id, recorder.Request.Path, RecordingEnd.Storage, TimeSpan.Zero, 0, "", recorder.Dropped, e.Message));
        }
    }

    // False when the recording is over.
    private bool Serve(RecordingTrack track, bool checksRoom, bool isClosing)
    {
        var before = track.Bytes;
        var error = "";
        RecordingEnd? end;
        try
        {
            end = track.Pump();
            if (end is null && isClosing)
                end = RecordingEnd.Closed;
            if (end is null && checksRoom && !HasRoom(track.Recorder.Request.Path))
            {
                end = RecordingEnd.Storage;
                error = $"less than {_options.MinFreeBytes >> 20} MiB are left on the disk";
            }

            if (end is not null)
                track.Finish();
        }
        catch (Exception e)
        {
            // What is in the file plays; nothing more can be added.
            end = RecordingEnd.Storage;
            error = e.Message;
            track.Cut();
        }

        Interlocked.Add(ref _bytes, track.Bytes - before);
        if (end is not { } reason)
            return true;

        var recorder = track.Recorder;
        var summary = new RecordingSummary(
            recorder.Id, recorder.Request.Path, reason, track.Duration, track.Bytes, track.Checksum(), recorder.Dropped, error);
        track.Dispose();
        End(recorder, summary);
        return false;
    }

    private void End(Recorder recorder, RecordingSummary summary)
    {
        if (summary.Reason == RecordingEnd.Storage)
            Interlocked.Increment(ref _failed);
        Interlocked.Decrement(ref _active);
        recorder.Complete(summary);
    }
}
