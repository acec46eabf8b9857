using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Tandem.Media.Srtp;

namespace Tandem.Benchmarks;

/// <summary>
/// What a packet of G.711 costs to protect and to take, by the number of calls that take turns: with many, each packet finds keys, streams
/// and windows outside the processor's caches, as it does in a relay. CPU time of this thread, best of several rounds.
/// </summary>
internal static unsafe partial class SrtpCosts
{
    private const int PacketBytes = 172;
    private const int Packets = 20_000;
    private const int Rounds = 7;
    private const int ThreadCpuTime = 3;
    private static readonly int[] Calls = [1, 50, 500, 2000];

    public static void Run()
    {
        Console.WriteLine("a packet of 172 bytes protected by one context and taken by another, ns");
        Console.WriteLine("  pairs in turn       " + string.Concat(Calls.Select(calls => string.Create(CultureInfo.InvariantCulture, $"{calls,9}"))));
        foreach (var profile in Enum.GetValues<SrtpProfile>())
        {
            var costs = Calls.Select(calls => Measure(profile, calls));
            Console.WriteLine($"  {profile.SuiteName(),-24}" + string.Concat(costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost,9:F0}"))));
        }
    }

    private static double Measure(SrtpProfile profile, int calls)
    {
        var random = new Random(1);
        var pairs = new (SrtpContext Sends, SrtpContext Takes)[calls];
        foreach (ref var pair in pairs.AsSpan())
        {
            var key = SrtpKey.Create(profile, random);
            pair = (SrtpContext.Create(profile, key, SrtpOptions.Default), SrtpContext.Create(profile, key, SrtpOptions.Default));
        }

        // Calls do not take their turns in the order in which they began.
        random.Shuffle(pairs);
        var sequence = 0;
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var turns = Math.Max(1, Packets / calls);
            var start = CpuNanoseconds();
            for (var turn = 0; turn < turns; turn++)
                Pass(pairs, (ushort)++sequence);
            best = Math.Min(best, (double)(CpuNanoseconds() - start) / turns / calls);
        }

        foreach (var (sends, takes) in pairs)
        {
            sends.Dispose();
            takes.Dispose();
        }

        return best;
    }

    private static void Pass((SrtpContext Sends, SrtpContext Takes)[] pairs, ushort sequence)
    {
        Span<byte> packet = stackalloc byte[PacketBytes + SrtpContext.MaxExpansion];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence);
        foreach (var (sends, takes) in pairs)
        {
            var length = PacketBytes;
            if (!sends.ProtectRtp(packet, ref length) || takes.UnprotectRtp(packet, ref length) != SrtpVerdict.Accepted)
                throw new InvalidDataException("a packet was refused");
        }
    }

    private static long CpuNanoseconds()
    {
        long* time = stackalloc long[2];
        _ = GetTime(ThreadCpuTime, time);
        return (time[0] * 1_000_000_000) + time[1];
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}
