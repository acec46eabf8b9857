using Tandem.Media.Codecs;

namespace Tandem.Media.Tests.Codecs;

/// <summary>What coders take of native memory is given back.</summary>
[Collection(NativeMemoryTestsAlone.Name)]
public class CoderMemoryTests
{
    [Fact]
    public void Thousands_of_coders_leave_no_memory_behind()
    {
        Churn(100);
        var before = NativeMemoryMeter.InUse();
        Churn(1200);

        // An Opus encoder alone takes 25 kB: 1,200 forgotten ones would be 30 MB.
        Assert.InRange(NativeMemoryMeter.InUse() - before, long.MinValue, 8L << 20);

        static void Churn(int times)
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var format in CodecCatalog.Available)
                {
                    CodecCatalog.Return(CodecCatalog.CreateEncoder(new PayloadFormat(96, format), 20));
                    CodecCatalog.Return(CodecCatalog.CreateDecoder(new PayloadFormat(96, format)));
                }

                new Resampler(8000, 48000).Dispose();
            }
        }
    }

    // More than the pool keeps: the rest is freed.
    [Fact]
    public void Coders_above_the_bound_of_the_pool_are_freed()
    {
        var opus = new PayloadFormat(96, CodecCatalog.Find("opus", 48000, 2)!);
        Burst();
        var before = NativeMemoryMeter.InUse();
        for (var i = 0; i < 8; i++)
            Burst();
        Assert.InRange(NativeMemoryMeter.InUse() - before, long.MinValue, 8L << 20);

        void Burst()
        {
            var many = Enumerable.Range(0, 300).Select(_ => CodecCatalog.CreateEncoder(opus, 20)).ToList();
            many.ForEach(CodecCatalog.Return);
        }
    }
}
