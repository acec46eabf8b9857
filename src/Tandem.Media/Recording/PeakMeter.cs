namespace Tandem.Media.Recording;

/// <summary>Peaks for the picture of a recording: the greatest level of each tenth of a second and channel, 0 to 127.</summary>
internal sealed class PeakMeter(int channels, int sampleRate)
{
    /// <summary>Peaks a second.</summary>
    public const int PerSecond = 10;

    private readonly int _span = sampleRate / PerSecond;
    private readonly int[] _greatest = new int[channels];
    private byte[] _peaks = new byte[64];
    private int _counted;
    private int _length;

    /// <summary>Peaks since the last <see cref="Clear"/>, channels in turn.</summary>
    public ReadOnlySpan<byte> Peaks => _peaks.AsSpan(0, _length);

    /// <summary>Takes samples, channels in turn.</summary>
    public void Take(ReadOnlySpan<short> interleaved)
    {
        for (var i = 0; i + channels <= interleaved.Length; i += channels)
        {
            for (var c = 0; c < channels; c++)
                _greatest[c] = Math.Max(_greatest[c], Math.Abs((int)interleaved[i + c]));

            if (++_counted == _span)
                Close();
        }
    }

    /// <summary>Ends the tenth that has begun, at the end of the recording.</summary>
    public void Finish()
    {
        if (_counted > 0)
            Close();
    }

    public void Clear() => _length = 0;

    private void Close()
    {
        if (_length + channels > _peaks.Length)
            Array.Resize(ref _peaks, _peaks.Length * 2);

        for (var c = 0; c < channels; c++)
        {
            _peaks[_length++] = (byte)Math.Min(127, _greatest[c] >> 8);
            _greatest[c] = 0;
        }

        _counted = 0;
    }
}
