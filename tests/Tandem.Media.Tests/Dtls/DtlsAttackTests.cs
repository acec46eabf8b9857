using Tandem.Media.Dtls;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Dtls;

/// <summary>Somebody writes with the address of the peer: nothing that he sends may end an association, or make it grow.</summary>
[Collection(NativeMemoryTestsAlone.Name)]
public class DtlsAttackTests
{
    private const long MegaByte = 1024 * 1024;

    // Noise, and records of every kind with noise inside.
    [Fact]
    public void A_flood_of_noise_during_the_handshake_does_not_end_it()
    {
        var random = new Random(1);
        using var pair = DtlsPair.Create();
        Flood(pair, 200_000, buffer => Noise(random, buffer));

        pair.Advance(TimeSpan.FromMilliseconds(1100));
        pair.Run(20);

        Assert.Equal(DtlsState.Established, pair.Client.State);
        Assert.Equal(DtlsState.Established, pair.Server.State);
    }

    // Messages of a real handshake, changed: unauthenticated as they are, they can lead one astray, but it keeps its bounds and its time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flood_of_changed_messages_keeps_within_bounds(int seed)
    {
        var random = new Random(seed);
        var samples = Samples();
        using var pair = DtlsPair.Create();

        Flood(pair, 100_000, buffer => Changed(random, samples, buffer));

        Assert.Equal(DtlsState.Handshaking, pair.Client.State);
        Assert.Equal(DtlsState.Handshaking, pair.Server.State);
        Assert.False(pair.Server.TakeKeys(out _, out _, out _));
    }

    // A hello that somebody else sent first does not keep the client out (RFC 6347 §4.2.8 has the same thought).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forged_hello_before_the_real_one_is_forgotten(bool verifySource)
    {
        using var forger = DtlsPair.Create();
        using var pair = DtlsPair.Create(verifySource: verifySource);
        var buffer = new byte[2048];
        forger.Client.Start(pair.Now);
        Assert.True(forger.Client.TryTakeOutput(buffer, out var length));
        pair.Server.Receive(buffer.AsSpan(0, length), pair.Now);
        Discard(pair.Server);

        pair.Run(5);

        Assert.Equal(DtlsState.Established, pair.Client.State);
        Assert.Equal(DtlsState.Established, pair.Server.State);
    }

    [Fact]
    public void A_million_bad_datagrams_do_not_end_an_established_association()
    {
        var random = new Random(3);
        using var pair = DtlsPair.Create();
        pair.Run();
        var samples = pair.Sent.ToArray();
        var buffer = new byte[2048];
        var before = NativeMemoryMeter.InUse();
        for (var i = 0; i < 1_000_000; i++)
        {
            pair.Server.Receive(i % 3 == 0 ? Noise(random, buffer) : Changed(random, samples, buffer), pair.Now);
            Discard(pair.Server);
        }

        Assert.InRange(NativeMemoryMeter.InUse() - before, long.MinValue, 16 * MegaByte);
        Assert.Equal(DtlsState.Established, pair.Server.State);
        pair.Server.Close();
        pair.Settle();
        Assert.Equal(DtlsState.Closed, pair.Client.State);
    }

    // libssl gives up over encrypted records that have no room for a tag.
    [Fact]
    public void Encrypted_records_of_every_length_and_kind_end_nothing()
    {
        using var pair = DtlsPair.Create();
        pair.Run();
        var random = new Random(4);
        for (var length = 0; length < 100; length++)
        {
            for (byte type = 20; type <= 24; type++)
            {
                var record = new byte[13 + length];
                random.NextBytes(record);
                record[0] = type;
                record[1] = 0xFE;
                record[2] = 0xFD;
                record[3] = 0;
                record[4] = 1;
                record[11] = 0;
                record[12] = (byte)length;
                pair.Server.Receive(record, pair.Now);
                pair.Client.Receive(record, pair.Now);
            }
        }

        pair.Client.Close();
        pair.Settle();
        Assert.Equal(DtlsState.Closed, pair.Server.State);
    }

    // Old datagrams of the same handshake, again and again: no new keys, no state, no flood of answers.
    [Fact]
    public void Replayed_flights_change_nothing()
    {
        using var pair = DtlsPair.Create();
        pair.Run();
        var flights = pair.Sent.ToArray();
        Assert.True(pair.Server.TakeKeys(out _, out _, out _));
        var answers = 0;
        for (var i = 0; i < 10_000; i++)
        {
            pair.Server.Receive(flights[i % flights.Length], pair.Now);
            answers += Discard(pair.Server);
        }

        Assert.Equal(DtlsState.Established, pair.Server.State);
        Assert.False(pair.Server.TakeKeys(out _, out _, out _));
        Assert.Equal(0, answers);
    }

    // RFC 6347 §4.1.2.7: an alert that anybody can write ends nothing.
    [Fact]
    public void A_forged_alert_does_not_end_the_handshake()
    {
        using var pair = DtlsPair.Create();
        pair.Client.Start(pair.Now);
        byte[] alert = [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40];

        pair.Client.Receive(alert, pair.Now);
        pair.Server.Receive(alert, pair.Now);
        pair.Run(2);

        Assert.Equal(DtlsState.Established, pair.Client.State);
        Assert.Equal(DtlsState.Established, pair.Server.State);
    }

    [Fact]
    public void The_alert_of_a_peer_that_gave_up_is_the_reason_when_the_time_is_over()
    {
        using var pair = DtlsPair.Create();
        pair.Client.Start(pair.Now);

        pair.Client.Receive([21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40], pair.Now);

        pair.Client.OnDeadline(pair.Now + DtlsOptions.Default.HandshakeTimeout);
        Assert.Equal(DtlsFailure.Protocol, pair.Client.Failure);
        Assert.Equal("the peer sent alert 40", pair.Client.Problem);
    }

    // Application data has no place here: no data channels, and SRTP goes beside DTLS (RFC 5764 §5.1).
    [Fact]
    public void Application_data_is_not_even_read()
    {
        using var pair = DtlsPair.Create();
        pair.Run();
        var dropped = pair.Server.Dropped;

        Assert.False(pair.Server.Receive([23, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4], pair.Now));

        Assert.Equal(dropped + 1, pair.Server.Dropped);
        Assert.Equal(DtlsState.Established, pair.Server.State);
    }

    [Fact]
    public void Associations_give_their_memory_back()
    {
        Handshakes(50);
        var before = NativeMemoryMeter.InUse();

        Handshakes(400);

        Assert.InRange(NativeMemoryMeter.InUse() - before, long.MinValue, 16 * MegaByte);
    }

    private delegate ReadOnlySpan<byte> Source(byte[] buffer);

    private static void Flood(DtlsPair pair, int count, Source source)
    {
        pair.Client.Start(pair.Now);
        pair.Server.Start(pair.Now);
        var buffer = new byte[2048];
        var before = NativeMemoryMeter.InUse();
        for (var i = 0; i < count; i++)
        {
            var datagram = source(buffer);
            pair.Client.Receive(datagram, pair.Now);
            pair.Server.Receive(datagram, pair.Now);
            Discard(pair.Client);
            Discard(pair.Server);
            if (i % 20_000 == 0)
                pair.Advance(TimeSpan.FromMilliseconds(1100));
        }

        Assert.InRange(NativeMemoryMeter.InUse() - before, long.MinValue, 16 * MegaByte);
    }

    private static void Handshakes(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var pair = DtlsPair.Create();
            if (i % 4 == 0)
                pair.Client.Start(pair.Now);
            else
                pair.Run();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static byte[][] Samples()
    {
        using var pair = DtlsPair.Create();
        pair.Run();
        return [.. pair.Sent];
    }

    private static ReadOnlySpan<byte> Noise(Random random, byte[] buffer)
    {
        var length = random.Next(1, 300);
        random.NextBytes(buffer.AsSpan(0, length));
        buffer[0] = (byte)random.Next(20, 26);
        if (length > 13 && random.Next(2) == 0)
        {
            buffer[1] = 0xFE;
            buffer[2] = 0xFD;
            buffer[3] = 0;
            buffer[4] = (byte)random.Next(3);
            buffer[11] = (byte)((length - 13) >> 8);
            buffer[12] = (byte)(length - 13);
        }

        return buffer.AsSpan(0, length);
    }

    private static ReadOnlySpan<byte> Changed(Random random, byte[][] samples, byte[] buffer)
    {
        var sample = samples[random.Next(samples.Length)];
        var datagram = buffer.AsSpan(0, sample.Length);
        sample.CopyTo(datagram);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            datagram[random.Next(3, datagram.Length)] = (byte)random.Next(256);
        return datagram;
    }

    private static int Discard(DtlsAssociation association)
    {
        Span<byte> buffer = stackalloc byte[2048];
        var count = 0;
        while (association.TryTakeOutput(buffer, out _))
            count++;
        return count;
    }
}
