using Tandem.Media.Playback.Reading;
using Tandem.Testing;

namespace Tandem.Media.Playback.Sources;

public sealed class FileSourceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly PlaybackOptions Options = new();

    private readonly PlaybackWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_long_file_is_played_whole_and_without_a_gap(int times)
    {
        const int Length = 50_000;
        using var source = new FileSource(new CountingReader(Length), _worker, Options, times);
        var all = Drain(source, Length * times);
        Assert.Equal(Length * times, all.Count);
        for (var i = 0; i < all.Count; i++)
            Assert.Equal(CountingReader.At(i % Length), all[i]);
        Assert.Null(source.Error);
    }

    [Fact]
    public void Another_place_is_heard_after_what_was_read_ahead_is_dropped()
    {
        using var source = new FileSource(new CountingReader(200_000), _worker, Options);
        var frame = new short[160];
        WaitForSound(source, frame);
        source.Seek(TimeSpan.FromSeconds(10));
        Assert.True(SpinWait.SpinUntil(() =>
        {
            source.Read(frame);
            return frame[0] >= CountingReader.At(80_000);
        }, Patience));
        var rest = Drain(source, 200_000);
        Assert.Equal(CountingReader.At(199_999), rest[^1]);
        Assert.InRange(rest.Count, 110_000, 120_000);
    }

    // The loop asks for another place in the moment in which the worker meets the end.
    [Fact]
    public void A_jump_goes_before_an_end_that_is_met_meanwhile()
    {
        using var gate = new ManualResetEventSlim();
        FileSource? jumping = null;
        var ends = 0;
        using var source = new FileSource(
            new CountingReader(3_000)
            {
                Gate = gate,
                AtEnd = () =>
                {
                    if (Interlocked.Increment(ref ends) == 1)
                        jumping!.Seek(TimeSpan.FromSeconds(0.25));
                },
            },
            _worker, Options);
        jumping = source;
        gate.Set();
        Assert.True(Wait.Until(() => Volatile.Read(ref ends) == 2));
        Assert.Equal(Enumerable.Range(2_000, 1_000).Select(CountingReader.At), Drain(source, 1_000));
    }

    [Fact]
    public void The_reader_is_closed_by_the_worker_once()
    {
        var reader = new CountingReader(1_000_000);
        var source = new FileSource(reader, _worker, Options);
        source.Dispose();
        source.Dispose();
        Assert.True(SpinWait.SpinUntil(() => reader.Disposed == 1, Patience));
        Assert.NotEqual(Environment.CurrentManagedThreadId, reader.DisposedOn);
    }

    [Fact]
    public void A_disk_that_fails_ends_the_source_with_the_reason()
    {
        using var source = new FileSource(new CountingReader(100_000) { FailsAt = 20_000 }, _worker, Options);
        var all = Drain(source, 20_000);
        Assert.Equal(20_000, all.Count);
        Assert.Equal("the file cannot be read: the disk is gone", source.Error);
        Assert.Equal(0, _worker.Faults);
    }

    [Fact]
    public void A_fault_of_one_reader_is_counted_and_the_others_go_on()
    {
        using var bad = new FileSource(new CountingReader(100_000) { FailsAt = 5_000, Fault = new InvalidOperationException("a fault") }, _worker, Options);
        using var good = new FileSource(new CountingReader(30_000), _worker, Options);
        Assert.Equal(30_000, Drain(good, 30_000).Count);
        Assert.True(SpinWait.SpinUntil(() => _worker.Faults == 1, Patience));
        Assert.Equal("a fault", bad.Error);
    }

    // A slow disk is heard as silence, never as a loop that waits.
    [Fact]
    public void A_slow_disk_gives_silence_that_is_counted()
    {
        using var gate = new ManualResetEventSlim();
        using var source = new FileSource(new CountingReader(100_000) { Gate = gate, GateAt = 8_000 }, _worker, Options);
        var frame = new short[160];
        WaitForSound(source, frame);
        Assert.True(SpinWait.SpinUntil(() =>
        {
            Assert.Equal(160, source.Read(frame));
            return source.Underruns > 0;
        }, Patience));
        Assert.Equal(0, frame[^1]);
        gate.Set();
        Assert.Equal(CountingReader.At(99_999), Drain(source, 92_000)[^1]);
    }

    [Fact]
    public void A_hundred_files_are_served_by_one_thread()
    {
        var sources = Enumerable.Range(0, 100).Select(_ => new FileSource(new CountingReader(20_000), _worker, Options)).ToList();
        foreach (var source in sources)
        {
            Assert.Equal(20_000, Drain(source, 20_000).Count);
            source.Dispose();
        }
    }

    [Fact]
    public void The_longest_duration_ends_a_file_that_goes_on()
    {
        using var source = new FileSource(new CountingReader(100_000), _worker, Options with { MaxDuration = TimeSpan.FromSeconds(1) });
        Assert.Equal(8_000, Drain(source, 8_000).Count);
    }

    private static void WaitForSound(FileSource source, short[] frame) => Assert.True(SpinWait.SpinUntil(() =>
    {
        source.Read(frame);
        return frame[^1] != 0;
    }, Patience));

    // What was silence because the worker was not as fast as this loop, which does not wait 20 ms between two reads, is left out: no sample of the reader is 0.
    private static List<short> Drain(FileSource source, int expected)
    {
        var all = new List<short>(expected);
        var frame = new short[160];
        SpinWait.SpinUntil(() =>
        {
            var count = source.Read(frame);
            foreach (var sample in frame.AsSpan(0, count))
            {
                if (sample != 0)
                    all.Add(sample);
            }

            return count < frame.Length;
        }, Patience);
        return all;
    }

    /// <summary>Counts upwards, slowly enough to stay a 16-bit number, and never gives 0.</summary>
    private sealed class CountingReader(int length) : ISoundReader
    {
        private int _position;
        private int _disposed;

        public int FailsAt { get; init; } = int.MaxValue;

        public Exception Fault { get; init; } = new IOException("the disk is gone");

        public ManualResetEventSlim? Gate { get; init; }

        public int GateAt { get; init; }

        public Action? AtEnd { get; init; }

        public int Disposed => Volatile.Read(ref _disposed);

        public int DisposedOn { get; private set; }

        public SoundInfo Info => new("", 8_000, 1, null);

        public int SampleRate => 8_000;

        public static short At(int position) => (short)((position / 10) + 1);

        public int Read(Span<short> samples)
        {
            if (_position >= FailsAt)
                throw Fault;
            if (Gate is not null && _position >= GateAt)
                Gate.Wait(Patience);

            // Odd sizes, as files give them.
            var count = Math.Min(Math.Min(samples.Length, 777), Math.Min(length, FailsAt) - _position);
            if (Gate is not null && _position < GateAt)
                count = Math.Min(count, GateAt - _position);
            for (var i = 0; i < count; i++)
                samples[i] = At(_position + i);
            _position += count;
            if (count == 0)
                AtEnd?.Invoke();
            return count;
        }

        public void Seek(long sample) => _position = (int)Math.Min(sample, length);

        public void Dispose()
        {
            DisposedOn = Environment.CurrentManagedThreadId;
            Interlocked.Increment(ref _disposed);
        }
    }
}
