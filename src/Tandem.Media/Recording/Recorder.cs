using Tandem.Core.Time;
using Tandem.Media.Audio;

namespace Tandem.Media.Recording;

/// <summary>
/// One recording: the media loop gives it sound, the thread of the <see cref="RecordingEngine"/> writes it. Starting, stopping, pausing and
/// masking may be done by any thread; none of it waits.
/// <para>Its time is that of the ticks, pauses left out: ticks that a late loop left out become silence of both channels, so that a place in the recording is
/// a moment of the call.</para>
/// </summary>
public sealed class Recorder : IAudioTap
{
    private readonly TaskCompletionSource<RecordingSummary> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RecordingEngine _engine;

    // Up to where the recording reaches, on the clock of the ticks. Of the media loop alone.
    private Moment _until = Moment.Never;
    private volatile bool _isPaused;
    private volatile bool _isMasked;
    private volatile bool _isStopped;
    private volatile bool _isClosed;

    internal Recorder(RecordingRequest request, RecordingOptions options, RecordingEngine engine)
    {
        Request = request;
        Ring = new RecordingRing(options.RingSamples);
        _engine = engine;
    }

    /// <summary>Its name.</summary>
    public string Id => Request.Id;

    public RecordingRequest Request { get; }

    /// <summary>Ends when the recording is over and its file closed. It never fails: what went wrong is in the summary.</summary>
    public Task<RecordingSummary> Completion => _completion.Task;

    /// <summary>While true nothing is kept and the recording's time stands still.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>While true silence is written in the place of the sound: card numbers are being said.</summary>
    public bool IsMasked
    {
        get => _isMasked;
        set => _isMasked = value;
    }

    /// <summary>Sound that became silence because it found no room, or because ticks were left out.</summary>
    public TimeSpan Dropped => TimeSpan.FromMicroseconds(Ring.DroppedMicroseconds);

    internal RecordingRing Ring { get; }

    internal bool IsStopped => _isStopped;

    internal bool IsClosed => _isClosed;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at)
    {
        if (_isStopped || _isClosed || a.IsEmpty)
            return;

        var missing = at > _until ? at - _until : TimeSpan.Zero;
        _until = (_until != Moment.Never && at < _until ? _until : at) + AudioTick.Period;
        if (_isPaused)
            return;

        Ring.Miss(missing);
        if (!Ring.TryWrite(a, b, sampleRate, _isMasked))
            _engine.CountDropped();
    }

    /// <summary>Ends the recording: what was taken is written, then <see cref="Completion"/> ends.</summary>
    public void Stop()
    {
        _isStopped = true;
        _engine.Wake();
    }

    /// <summary>The session was closed, or the tap taken off.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _engine.Wake();
    }

    internal void Complete(RecordingSummary summary)
    {
        _isClosed = true;
        _completion.TrySetResult(summary);
    }
}
