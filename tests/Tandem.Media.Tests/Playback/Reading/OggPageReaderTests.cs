namespace Tandem.Media.Playback.Reading;

/// <summary>RFC 3533.</summary>
public sealed class OggPageReaderTests
{
    // A page of ours as libogg writes it: the checksum of an empty first page with serial 1.
    [Fact]
    public void The_checksum_is_that_of_the_format()
    {
        // The check value of this polynomial, without reflection and with zeros before and after (CRC-32/OGG of "123456789").
        Assert.Equal(0x89A1897Fu, OggCrc.Add(0, "123456789"u8));
    }

    [Fact]
    public void Pages_are_read_one_behind_the_other()
    {
        var reader = new OggPageReader(new MemoryStream([.. Sounds.Page(7, 0, 0, 2, [1, 2, 3]), .. Sounds.Page(7, 1, 960, 4, new byte[300], [9])]));
        Assert.True(reader.TryRead(out var page));
        Assert.True(page.IsFirst && !page.IsLast && !page.IsContinued);
        Assert.Equal((7u, 0u, 0L), (page.Serial, page.Sequence, page.Granule));
        Assert.Equal([1, 2, 3], page.Body.ToArray());
        Assert.True(reader.TryRead(out page));
        Assert.True(page.IsLast && !page.IsFirst);
        Assert.Equal([255, 45, 1], page.Segments.ToArray());
        Assert.Equal(301, page.Body.Length);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(0, reader.Skipped);
    }

    [Fact]
    public void What_is_no_page_and_pages_with_a_wrong_bit_are_passed_over()
    {
        var good = Sounds.Page(7, 1, 960, 0, new byte[500]);
        for (var bit = 0; bit < good.Length * 8; bit += 13)
        {
            var bad = good.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            var reader = new OggPageReader(new MemoryStream([.. "Ogg junk OggOggS"u8, .. bad, .. Sounds.Page(7, 2, 1_920, 0, [5])]));
            Assert.True(reader.TryRead(out var page));
            Assert.Equal(2u, page.Sequence);
            Assert.Equal(16 + bad.Length, reader.Skipped);
        }
    }

    [Fact]
    public void Pages_of_the_longest_kind_fit()
    {
        var body = new byte[255 * 255];
        new Random(1).NextBytes(body);
        var lacing = Enumerable.Repeat((byte)255, 255).ToArray();
        byte[] file = [.. Enumerable.Range(0, 5).SelectMany(i => Sounds.RawPage(1, (uint)i, -1, 1, lacing, body))];
        var reader = new OggPageReader(new MemoryStream(file));
        for (var i = 0u; i < 5; i++)
        {
            Assert.True(reader.TryRead(out var page));
            Assert.Equal(i, page.Sequence);
            Assert.True(page.Body.SequenceEqual(body));
        }

        Assert.False(reader.TryRead(out _));
    }

    // Each of them costs a checksum over 64 kB: a file of nothing else must not cost minutes.
    [Fact]
    public void A_file_of_false_beginnings_is_given_up()
    {
        byte[] one = [.. "OggS"u8, 0, .. Enumerable.Repeat((byte)255, 22)];
        var file = Enumerable.Repeat(one, 40_000).SelectMany(b => b).ToArray();
        var reader = new OggPageReader(new MemoryStream(file));
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.Skipped < file.Length);
    }
}
