using System.Globalization;
using System.Runtime.InteropServices;
using Tandem.Media.Codecs;

namespace Tandem.Benchmarks;

/// <summary>
/// What transcoding costs: CPU time of this thread (not wall time) for both directions of a call, 20 ms a packet, as per cent of a core.
/// Beside Opus stands libopus alone, called with the same settings and nothing else.
/// </summary>
internal static unsafe partial class CodecCosts
{
    private const int Packets = 500;
    private const int Rounds = 9;

    private const int ThreadCpuTime = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(700);

    public static void Run()
    {
        Console.WriteLine("transcoded call, both directions       us / 20 ms   % of a core   calls / core");
        Print("G.722 <-> PCMA", Bridge("G722", 8000, 1, "PCMA", 8000, 1));
        Print("PCMU <-> PCMA", Bridge("PCMU", 8000, 1, "PCMA", 8000, 1));
        Print("Opus <-> PCMA", Bridge("opus", 48000, 2, "PCMA", 8000, 1));
        Print("  libopus alone, 8 kHz", LibOpusAlone(8000, 24000));
        Print("Opus <-> G.722", Bridge("opus", 48000, 2, "G722", 8000, 1));
        Print("  libopus alone, 16 kHz", LibOpusAlone(16000, 24000));
        Print("Opus <-> L16/48000", Bridge("opus", 48000, 2, "L16", 48000, 1));
        Print("  libopus alone, 48 kHz", LibOpusAlone(48000, 32000));
        Print("G.729 <-> PCMA", Bridge("G729", 8000, 1, "PCMA", 8000, 1));
        Print("GSM <-> PCMA", Bridge("GSM", 8000, 1, "PCMA", 8000, 1));
        Console.WriteLine();
        Console.WriteLine("one direction alone                     us / 20 ms");
        foreach (var format in CodecCatalog.Available)
        {
            var (encode, decode) = Single(format);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format.Name + "/" + format.SampleRate + " encode",-36}{encode,14:F2}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{format.Name + "/" + format.SampleRate + " decode",-36}{decode,14:F2}"));
        }

        foreach (var (from, to) in ((int, int)[])[(8000, 16000), (16000, 8000), (8000, 48000), (48000, 8000), (16000, 48000), (48000, 16000)])
        {
            using var resampler = new Resampler(from, to);
            var input = Speech(from);
            var output = new short[to / 50];
            var cost = Measure(at => resampler.Process(Frame(input, at, from / 50), output));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{$"resample {from} to {to}",-36}{cost,14:F2}"));
        }
    }

    private static void Print(string name, double microseconds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-36}{microseconds,14:F2}{microseconds / 200,14:F4}{20_000 / microseconds,14:F0}"));

    private static double Bridge(string nameA, int clockA, int channelsA, string nameB, int clockB, int channelsB)
    {
        var a = new PayloadFormat(96, CodecCatalog.Find(nameA, clockA, channelsA) ?? throw new ArgumentException($"{nameA} is not available"));
        var b = new PayloadFormat(97, CodecCatalog.Find(nameB, clockB, channelsB) ?? throw new ArgumentException($"{nameB} is not available"));
        return OneWay(a, b) + OneWay(b, a);
    }

    private static double OneWay(PayloadFormat from, PayloadFormat to)
    {
        var packets = Encoded(from);
        var decoder = CodecCatalog.CreateDecoder(from, to.Format.SampleRate);
        var encoder = CodecCatalog.CreateEncoder(to, 20, decoder.SampleRate);
        using var resampler = new Resampler(decoder.SampleRate, encoder.SampleRate);
        var decoded = new short[decoder.SampleRate / 50];
        var resampled = new short[encoder.SampleRate / 50];
        var payload = new byte[encoder.MaxPayload];
        var cost = decoder.SampleRate == encoder.SampleRate
            ? Measure(at =>
            {
                decoder.Decode(packets[at], decoded);
                encoder.Encode(decoded, payload);
            })
            : Measure(at =>
            {
                decoder.Decode(packets[at], decoded);
                resampler.Process(decoded, resampled);
                encoder.Encode(resampled, payload);
            });
        CodecCatalog.Return(decoder);
        CodecCatalog.Return(encoder);
        return cost;
    }

    private static (double Encode, double Decode) Single(AudioFormat format)
    {
        var payloadFormat = new PayloadFormat(96, format);
        var packets = Encoded(payloadFormat);
        var input = Speech(format.SampleRate);
        var encoder = CodecCatalog.CreateEncoder(payloadFormat, 20);
        var decoder = CodecCatalog.CreateDecoder(payloadFormat);
        var samples = new short[format.SampleRate / 50];
        var payload = new byte[encoder.MaxPayload];
        var encode = Measure(at => encoder.Encode(Frame(input, at, samples.Length), payload));
        var decode = Measure(at => decoder.Decode(packets[at], samples));
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
        return (encode, decode);
    }

    private static byte[][] Encoded(PayloadFormat format)
    {
        var encoder = CodecCatalog.CreateEncoder(format, 20);
        var input = Speech(encoder.SampleRate);
        var payload = new byte[encoder.MaxPayload];
        var packets = new byte[Packets][];
        for (var i = 0; i < Packets; i++)
            packets[i] = payload[..encoder.Encode(Frame(input, i, encoder.SampleRate / 50), payload)];
        CodecCatalog.Return(encoder);
        return packets;
    }

    private static double LibOpusAlone(int rate, int bitrate)
    {
        int error;
        var encoder = opus_encoder_create(rate, 1, 2048, &error);
        var decoder = opus_decoder_create(rate, 1, &error);
        opus_encoder_ctl(encoder, 4010, CodecCatalog.Options.OpusComplexity);
        opus_encoder_ctl(encoder, 4002, bitrate);
        var input = Speech(rate);
        var output = new short[rate / 50];
        var payload = new byte[1275];
        var packets = Encoded(new PayloadFormat(96, CodecCatalog.Find("opus", 48000, 2)!));
        var cost = Measure(at =>
        {
            fixed (short* samples = Frame(input, at, rate / 50), back = output)
            fixed (byte* written = payload, packet = packets[at])
            {
                _ = opus_encode(encoder, samples, rate / 50, written, 240);
                _ = opus_decode(decoder, packet, packets[at].Length, back, rate / 50, 0);
            }
        });
        opus_encoder_destroy(encoder);
        opus_decoder_destroy(decoder);
        return cost;
    }

    // Microseconds a packet, the best of several rounds: the others were disturbed.
    private static double Measure(Action<int> work)
    {
        // The compiler makes its best code in the background, from what it saw run.
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < WarmUp)
        {
            for (var i = 0; i < Packets; i++)
                work(i);
        }

        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = CpuNanoseconds();
            for (var i = 0; i < Packets; i++)
                work(i);
            best = Math.Min(best, (CpuNanoseconds() - before) / 1000.0 / Packets);
        }

        return best;
    }

    private static ReadOnlySpan<short> Frame(short[] samples, int index, int length) => samples.AsSpan(index * length, length);

    // Syllables of a harmonic voice with pauses and a little noise.
    private static short[] Speech(int rate)
    {
        var samples = new short[rate / 50 * Packets];
        var random = new Random(1);
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / rate;
            var pitch = 2 * Math.PI * ((120 * t) + (3 * Math.Sin(2 * Math.PI * 0.7 * t)));
            var envelope = Math.Max(0, Math.Sin(2 * Math.PI * 2.2 * t)) * (Math.Sin(2 * Math.PI * 0.3 * t) > -0.6 ? 1 : 0);
            var voice = 0.0;
            for (var harmonic = 1; harmonic <= 24; harmonic++)
                voice += Math.Sin(harmonic * pitch) / harmonic;
            samples[i] = (short)((5000 * envelope * voice) + random.Next(-60, 60));
        }

        return samples;
    }

    private static long CpuNanoseconds()
    {
        TimeSpec time;
        _ = clock_gettime(ThreadCpuTime, &time);
        return ((long)time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport("libopus.so.0")]
    private static partial nint opus_encoder_create(int rate, int channels, int application, int* error);

    [LibraryImport("libopus.so.0")]
    private static partial void opus_encoder_destroy(nint encoder);

    [LibraryImport("libopus.so.0")]
    private static partial int opus_encoder_ctl(nint encoder, int request, int value);

    [LibraryImport("libopus.so.0")]
    private static partial int opus_encode(nint encoder, short* samples, int count, byte* payload, int max);

    [LibraryImport("libopus.so.0")]
    private static partial nint opus_decoder_create(int rate, int channels, int* error);

    [LibraryImport("libopus.so.0")]
    private static partial void opus_decoder_destroy(nint decoder);

    [LibraryImport("libopus.so.0")]
    private static partial int opus_decode(nint decoder, byte* payload, int length, short* samples, int count, int fec);
}
