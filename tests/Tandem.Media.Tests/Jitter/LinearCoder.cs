using System.Buffers.Binary;
using Tandem.Media.Codecs;

namespace Tandem.Media.Tests.Jitter;

/// <summary>A codec that changes nothing (big-endian samples), with or without concealment and redundancy of its own, as tests need it.</summary>
internal sealed class LinearCoder(int sampleRate) : IAudioDecoder
{
    public int SampleRate => sampleRate;

    /// <summary>Answers <see cref="Conceal"/> with this value in every sample; null: it has no concealment.</summary>
    public short? Concealment { get; init; }

    /// <summary>The redundancy of a payload: given the next payload, what was before it. Null: none.</summary>
    public Func<byte[], short[]?>? Redundancy { get; init; }

    public int Resets { get; private set; }

    public bool IsDisposed { get; private set; }

    public static AudioFormat Format(int rate, int clock = 0) => new(AudioCodec.L16, "L16", clock == 0 ? rate : clock, 1, rate, -1, 10);

    public static byte[] Encode(ReadOnlySpan<short> samples)
    {
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(i * 2), samples[i]);
        return bytes;
    }

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = payload.Length / 2;
        if (count > samples.Length)
            return 0;
        for (var i = 0; i < count; i++)
            samples[i] = BinaryPrimitives.ReadInt16BigEndian(payload[(i * 2)..]);
        return count;
    }

    public bool Conceal(Span<short> samples)
    {
        if (Concealment is not { } value)
            return false;
        samples.Fill(value);
        return true;
    }

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples)
    {
        if (Redundancy?.Invoke(next.ToArray()) is not { } before)
            return false;
        before.AsSpan(0, samples.Length).CopyTo(samples);
        return true;
    }

    public int SamplesOf(ReadOnlySpan<byte> payload) => payload.Length / 2;

    public void Reset() => Resets++;

    public void Dispose() => IsDisposed = true;
}
