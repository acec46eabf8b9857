using System.Buffers.Binary;
using System.Text;

namespace Tandem.Testing.Audio;

/// <summary>Mono 16-bit PCM in a WAV file, as the test phones read and write it.</summary>
public sealed record WavFile(int SampleRate, short[] Samples)
{
    /// <summary>A sine tone, at half of full scale unless told otherwise.</summary>
    public static WavFile Tone(double hertz, TimeSpan length, int sampleRate = 8000, int amplitude = 16_000)
    {
        var samples = new short[(int)(length.TotalSeconds * sampleRate)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(amplitude * Math.Sin(2 * Math.PI * hertz * i / sampleRate));
        return new WavFile(sampleRate, samples);
    }

    /// <summary>The same with white noise on it, always the same, up to <paramref name="amplitude"/> of 32,767.</summary>
    public WavFile WithNoise(int amplitude)
    {
        var random = new Random(1);
        return this with { Samples = [.. Samples.Select(sample => (short)Math.Clamp(sample + random.Next(-amplitude, amplitude + 1), short.MinValue, short.MaxValue))] };
    }

    /// <summary>Reads one channel of a file; a data chunk whose length was never filled in (the writer was killed) reaches to the end.</summary>
    public static WavFile Read(string path, int channel = 0)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 12 || !bytes.AsSpan(0, 4).SequenceEqual("RIFF"u8) || !bytes.AsSpan(8, 4).SequenceEqual("WAVE"u8))
            throw new InvalidDataException($"{path} is not a WAV file");

        var rate = 0;
        var step = 1;
        for (var at = 12; at + 8 <= bytes.Length;)
        {
            var id = Encoding.ASCII.GetString(bytes, at, 4);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            at += 8;
            if (id == "fmt ")
            {
                var channels = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at + 2));
                var bits = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at + 14));
                if (channels is not (1 or 2) || bits != 16)
                    throw new InvalidDataException($"{path} has {channels} channels of {bits} bits; 1 or 2 of 16 are read");
                step = channels;
                rate = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            }
            else if (id == "data")
            {
                if (length <= 0 || length > bytes.Length - at)
                    length = bytes.Length - at;
                var samples = new short[length / 2 / step];
                for (var i = 0; i < samples.Length; i++)
                    samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at + (((i * step) + channel) * 2)));
                return new WavFile(rate, samples);
            }

            at += length + (length & 1);
        }

        throw new InvalidDataException($"{path} has no data chunk");
    }

    public void Write(string path)
    {
        using var writer = new BinaryWriter(File.Create(path));
        var size = Samples.Length * 2;
        writer.Write("RIFF"u8);
        writer.Write(36 + size);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(SampleRate);
        writer.Write(SampleRate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(size);
        foreach (var sample in Samples)
            writer.Write(sample);
    }
}
