namespace Tandem.Media.Playback.Reading;

/// <summary>RFC 3533 §5: packets over pages and pages with several packets.</summary>
public sealed class OggPacketsTests
{
    private static readonly byte[] First = Sounds.Page(7, 0, 0, 2, Sounds.OpusHead());

    [Fact]
    public void A_packet_may_lie_on_several_pages()
    {
        var packet = new byte[700];
        new Random(1).NextBytes(packet);
        var found = All(First, Sounds.RawPage(7, 1, -1, 0, [255], packet[..255]), Sounds.RawPage(7, 2, -1, 1, [255], packet[255..510]), Sounds.RawPage(7, 3, 960, 1, [190, 2], [.. packet[510..], 8, 9]));
        Assert.Equal([packet, [8, 9]], found);
    }

    [Fact]
    public void A_packet_of_255_bytes_ends_with_an_empty_segment()
    {
        var found = All(First, Sounds.Page(7, 1, 960, 0, new byte[255], [1], new byte[510]));
        Assert.Equal([255, 1, 510], found.Select(packet => packet.Length));
    }

    [Fact]
    public void Other_streams_between_are_passed_over()
    {
        var found = All(Sounds.Page(9, 0, 0, 2, [1, 2, 3]), First, Sounds.Page(9, 1, 5, 0, [4]), Sounds.Page(7, 1, 960, 0, [1]), Sounds.Page(9, 2, 5, 4, [5]), Sounds.Page(7, 2, 960, 0, [2]));
        Assert.Equal([[1], [2]], found);
    }

    [Fact]
    public void A_packet_of_which_a_page_is_missing_is_left_out()
    {
        var found = All(First, Sounds.RawPage(7, 1, -1, 0, [255], new byte[255]), Sounds.RawPage(7, 3, 960, 1, [10, 2], [.. new byte[10], 8, 9]));
        Assert.Equal([[8, 9]], found);

        // The page before says that more follows, and the one that follows says that it does not.
        found = All(First, Sounds.RawPage(7, 1, -1, 0, [255], new byte[255]), Sounds.RawPage(7, 2, 960, 0, [2], [8, 9]));
        Assert.Equal([[8, 9]], found);
    }

    [Fact]
    public void Nothing_is_read_behind_the_last_page()
    {
        Assert.Equal([[1]], All(First, Sounds.Page(7, 1, 960, 4, [1]), Sounds.Page(7, 2, 960, 0, [2])));
    }

    [Fact]
    public void A_packet_that_is_too_long_is_left_out()
    {
        var lacing = Enumerable.Repeat((byte)255, 255).ToArray();
        var found = All(First, Sounds.RawPage(7, 1, -1, 0, lacing, new byte[65_025]), Sounds.RawPage(7, 2, -1, 1, lacing, new byte[65_025]), Sounds.RawPage(7, 3, 960, 1, [3, 1], [0, 0, 0, 6]));
        Assert.Equal([[6]], found);
    }

    private static List<byte[]> All(params byte[][] pages)
    {
        var packets = new OggPackets(new OggPageReader(new MemoryStream([.. pages.SelectMany(page => page)])));
        Assert.True(packets.TryRead(out var head));
        Assert.True(OpusHead.Looks(head));
        var all = new List<byte[]>();
        while (packets.TryRead(out var packet))
            all.Add(packet.ToArray());
        return all;
    }
}
