using Tandem.Core.Time;
using Tandem.Media.Recording;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Recording;

/// <summary>A folder for recordings, a key, and sound to record.</summary>
internal sealed class RecordingFolder : IDisposable
{
    public static readonly DateTimeOffset Started = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _path = Directory.CreateTempSubdirectory("tandem-recording-").FullName;

    public RecordingKey Key { get; } = new(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public string this[string name] => Path.Combine(_path, name);

    public RecordingRequest Request(string name = "a.rec", RecordingFormat format = RecordingFormat.Wav, RecordingChannels channels = RecordingChannels.Stereo) =>
        new("r1", this[name], Key, format, channels, Started);

    /// <summary>20 ms of two tones.</summary>
    public static void Tones(int tick, int rate, double leftHertz, double rightHertz, Span<short> left, Span<short> right)
    {
        var length = rate / 50;
        for (var i = 0; i < length; i++)
        {
            var at = (double)((tick * length) + i) / rate;
            left[i] = (short)(8000 * Math.Sin(2 * Math.PI * leftHertz * at));
            right[i] = (short)(8000 * Math.Sin(2 * Math.PI * rightHertz * at));
        }
    }

    /// <summary>Records two tones from tick <paramref name="from"/> on, never faster than the writer takes them.</summary>
    public static void Speak(Recorder recorder, int ticks, int rate = 16000, double left = 440, double right = 1000, int from = 0, bool oneChannel = false)
    {
        var a = new short[rate / 50];
        var b = new short[rate / 50];
        for (var tick = from; tick < from + ticks; tick++)
        {
            Tones(tick, rate, left, right, a, b);
            Assert.True(SpinWait.SpinUntil(() => recorder.Ring.Free > 4 * rate / 50, TimeSpan.FromSeconds(60)));
            recorder.Write(a, oneChannel ? default : b, rate, Moment.FromMilliseconds(tick * 20));
        }
    }

    public byte[] Fetch(string name = "a.rec")
    {
        using var file = RecordingFile.TryOpen(this[name], Key)!;
        using var memory = new MemoryStream();
        using var audio = file.OpenAudio();
        audio.CopyTo(memory);
        Assert.Equal(audio.Length, memory.Length);
        return memory.ToArray();
    }

    /// <summary>One channel of a WAV.</summary>
    public static WavFile Channel(byte[] wav, int channel)
    {
        var channels = BitConverter.ToInt16(wav, 22);
        var rate = BitConverter.ToInt32(wav, 24);
        Assert.Equal(wav.Length - 44, BitConverter.ToInt32(wav, 40));
        Assert.Equal(wav.Length - 8, BitConverter.ToInt32(wav, 4));
        var samples = new short[(wav.Length - 44) / 2 / channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BitConverter.ToInt16(wav, 44 + (((i * channels) + channel) * 2));
        return new WavFile(rate, samples);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
