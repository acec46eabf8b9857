using System.Buffers;
using Tandem.Media.Codecs;
using Tandem.Media.Events;

namespace Tandem.Media.Recording;

/// <summary>The writing side of one recording: rates, channels, chunks of a second. Owned by the thread of the engine.</summary>
internal sealed class RecordingTrack : IDisposable
{
    private const int MaxFrame = short.MaxValue;

    private readonly RecordingOptions _options;
    private readonly RecordingFileWriter _file;
    private readonly IRecordingEncoder _encoder;
    private readonly PeakMeter _peaks;
    private readonly ArrayBufferWriter<byte> _audio = new(65536);
    private readonly int _channels;
    private readonly short[] _a;
    private readonly short[] _b;
    private readonly short[] _changedA;
    private readonly short[] _changedB;
    private readonly Resampler?[] _resamplers = new Resampler?[2];
    private short[] _pending;
    private int _pendingCount;
    private int _pendingSamples;
    private long _samples;
    private long _written;

    /// <param name="recorder">Who gives the sound.</param>
    /// <param name="options">Limits.</param>
    /// <param name="scratch">Room that all tracks share.</param>
    /// <param name="open">Opens its file; null for the system.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public RecordingTrack(Recorder recorder, RecordingOptions options, RecordingScratch scratch, Func<string, FileStreamOptions, FileStream>? open = null)
    {
        var request = recorder.Request;
        Recorder = recorder;
        _options = options;
        _channels = request.Channels == RecordingChannels.Stereo ? 2 : 1;
        (_a, _b, _changedA, _changedB) = (scratch.A, scratch.B, scratch.ChangedA, scratch.ChangedB);
        _pending = new short[options.SampleRate * _channels * 5 / 4];
        _peaks = new PeakMeter(_channels, options.SampleRate);
        var header = RecordingHeader.Create(request.Format, _channels, options.SampleRate, request.StartedAt, request.Key.Id);
        _encoder = request.Format == RecordingFormat.Wav
            ? new PcmRecordingEncoder()
            : new OpusRecordingEncoder(_channels, options.SampleRate, (uint)Random.Shared.NextInt64(uint.MaxValue));
        try
        {
            _file = new RecordingFileWriter(request.Path, header, request.Key, open);
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }
    }

    public Recorder Recorder { get; }

    public long Bytes => _file.Bytes;

    /// <summary>Of what is in the file.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_written / _options.SampleRate);

    private TimeSpan Taken => TimeSpan.FromSeconds((double)_samples / _options.SampleRate);

    /// <summary>Writes what the ring holds. Null while the recording goes on, else why it is over.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public RecordingEnd? Pump()
    {
        // Asked before the ring is read: what was taken until then is written.
        var isStopped = Recorder.IsStopped;
        var isClosed = Recorder.IsClosed;
        var isPaused = Recorder.IsPaused;
        while (Recorder.Ring.TryRead(_a, _b, out var length, out var channels, out var rate, out var dropped))
        {
            Silence(dropped);
            Take(length, channels, rate);
            if (Taken >= _options.MaxDuration)
                return RecordingEnd.Limit;
        }

        if (isStopped)
            return RecordingEnd.Stopped;
        if (isClosed)
            return RecordingEnd.Closed;
        if (isPaused && _pendingCount > 0)
            Seal(isFinal: false);
        return null;
    }

    /// <summary>Writes the last chunk.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Finish()
    {
        _peaks.Finish();
        Seal(isFinal: true);
    }

    /// <summary>The disk took no more: the file ends with the last whole chunk.</summary>
    public void Cut() => _file.Cut();

    public string Checksum() => _file.Checksum();

    public void Dispose()
    {
        _file.Dispose();
        _encoder.Dispose();
        foreach (var resampler in _resamplers)
            resampler?.Dispose();
    }

    private void Take(int length, int channels, int rate)
    {
        if (Recorder.Request.Channels == RecordingChannels.Mixed && channels == 2)
        {
            for (var i = 0; i < length; i++)
                _a[i] = (short)Math.Clamp(_a[i] + _b[i], short.MinValue, short.MaxValue);
        }

        var left = Change(0, _a.AsSpan(0, length), rate, _changedA);
        if (_channels == 1)
        {
            Append(left, default);
            return;
        }

        var right = Change(1, _b.AsSpan(0, length), rate, _changedB);
        Append(left, right);
    }

    private ReadOnlySpan<short> Change(int channel, ReadOnlySpan<short> samples, int rate, short[] changed)
    {
        if (rate == _options.SampleRate)
            return samples;

        ref var resampler = ref _resamplers[channel];
        if (resampler?.FromRate != rate)
        {
            resampler?.Dispose();
            resampler = new Resampler(rate, _options.SampleRate);
        }

        return changed.AsSpan(0, resampler.Process(samples, changed));
    }

    private void Silence(int milliseconds)
    {
        Array.Clear(_changedA, 0, _options.SampleRate / 10);
        while (milliseconds > 0 && Taken < _options.MaxDuration)
        {
            var part = Math.Min(milliseconds, 100);
            var zeros = _changedA.AsSpan(0, _options.SampleRate * part / 1000);
            Append(zeros, _channels == 2 ? zeros : default);
            milliseconds -= part;
        }
    }

    private void Append(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        var words = left.Length * _channels;
        if (_pendingCount + words > _pending.Length)
            Array.Resize(ref _pending, _pendingCount + words);

        var target = _pending.AsSpan(_pendingCount, words);
        if (_channels == 1)
        {
            left.CopyTo(target);
        }
        else
        {
            // The resamplers of both channels run alike; a rounding of one sample is filled.
            for (var i = 0; i < left.Length; i++)
            {
                target[2 * i] = left[i];
                target[(2 * i) + 1] = i < right.Length ? right[i] : (short)0;
            }
        }

        _peaks.Take(target);
        _pendingCount += words;
        _pendingSamples += left.Length;
        _samples += left.Length;
        if (_pendingSamples >= _options.SampleRate)
            Seal(isFinal: false);
    }

    private void Seal(bool isFinal)
    {
        _audio.ResetWrittenCount();
        var taken = _encoder.Encode(_pending.AsSpan(0, _pendingCount), isFinal, _audio);
        _file.Append(_peaks.Peaks, _audio.WrittenSpan, _pendingSamples, isFinal);

        // In the file, also where the disk then fails to keep it: as its bytes and checksum have it.
        _written += _pendingSamples;
        if (isFinal || _options.SyncEachSecond)
            _file.Sync();
        _peaks.Clear();
        _pending.AsSpan(taken, _pendingCount - taken).CopyTo(_pending);
        _pendingCount -= taken;
        _pendingSamples = 0;
    }

    /// <summary>The longest frame of a ring.</summary>
    internal const int ScratchSamples = MaxFrame + 1;
}
