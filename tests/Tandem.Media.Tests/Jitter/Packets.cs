using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Tests.Jitter;

/// <summary>A packet on its way.</summary>
internal readonly record struct Packet(double Arrival, RtpHeader Header, byte[] Payload)
{
    public Moment At => new((long)(Arrival * TimeSpan.TicksPerMillisecond));
}

/// <summary>What a network does to packets. Times in ms. The same seed does the same.</summary>
internal sealed record Weather
{
    public double Delay { get; init; } = 30;

    /// <summary>Mean of the exponential extra delay.</summary>
    public double Jitter { get; init; }

    /// <summary>The most of it.</summary>
    public double MaxJitter { get; init; } = 1000;

    public double Loss { get; init; }

    /// <summary>Mean length of a burst of losses; 1: independent ones.</summary>
    public double Burst { get; init; } = 1;

    public double Duplicates { get; init; }

    /// <summary>True: a packet never overtakes another (a queue), as jitter usually is.</summary>
    public bool InOrder { get; init; } = true;

    public int Seed { get; init; } = 1;
}

/// <summary>A sender in virtual time.</summary>
internal sealed class Sender(Func<long, short> signal, int sampleRate = 8000, int clockRate = 0)
{
    private readonly int _clockRate = clockRate == 0 ? sampleRate : clockRate;
    private long _sample;

    public ushort Sequence { get; set; } = 65_500;

    public uint Timestamp { get; set; } = uint.MaxValue - 4000;

    public uint Ssrc { get; set; } = 0x1234;

    public byte PayloadType { get; set; } = 96;

    /// <summary>When the next packet leaves, ms.</summary>
    public double Now { get; set; }

    /// <summary>Its clock against ours: 1.0001 is 100 ppm fast.</summary>
    public double Speed { get; init; } = 1;

    public List<Packet> Sent { get; } = [];

    public Sender Send(int packets, int milliseconds = 20)
    {
        for (var i = 0; i < packets; i++)
        {
            var samples = new short[sampleRate * milliseconds / 1000];
            for (var s = 0; s < samples.Length; s++)
                samples[s] = signal(_sample++);
            Now += milliseconds / Speed;
            Put(PayloadType, LinearCoder.Encode(samples));
            Timestamp += (uint)(_clockRate * milliseconds / 1000);
        }

        return this;
    }

    /// <summary>One packet that is not sound; the timestamp stays.</summary>
    public Sender Put(byte payloadType, byte[] payload)
    {
        Sent.Add(new Packet(Now, new RtpHeader(payloadType, false, Sequence++, Timestamp, Ssrc, 12, 0), payload));
        return this;
    }

    /// <summary>Time passes, and the timestamp with it; the signal goes on too, unheard.</summary>
    public Sender Rest(int milliseconds)
    {
        Now += milliseconds / Speed;
        Timestamp += (uint)(_clockRate * milliseconds / 1000);
        _sample += sampleRate * milliseconds / 1000;
        return this;
    }

    /// <summary>What comes through <paramref name="weather"/>, by arrival.</summary>
    public List<Packet> Through(Weather weather)
    {
        var random = new Random(weather.Seed);
        var arrived = new List<Packet>();
        var last = 0.0;
        var isBad = false;
        foreach (var packet in Sent)
        {
            // A two-state model: the bad state loses all, its mean length is the burst.
            isBad = weather.Loss > 0 && (isBad ? random.NextDouble() >= 1 / weather.Burst : random.NextDouble() < weather.Loss / (weather.Burst * (1 - weather.Loss)));
            var arrival = packet.Arrival + weather.Delay + Math.Min(weather.MaxJitter, -weather.Jitter * Math.Log(1 - random.NextDouble()));
            if (isBad)
                continue;
            if (weather.InOrder)
                arrival = last = Math.Max(last, arrival);
            arrived.Add(packet with { Arrival = arrival });
            if (random.NextDouble() < weather.Duplicates)
                arrived.Add(packet with { Arrival = arrival + (random.NextDouble() * 60) });
        }

        return [.. arrived.OrderBy(p => p.Arrival)];
    }
}
