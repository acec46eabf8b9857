namespace Tandem.Media.Playback.Reading;

/// <summary>
/// Puts the packets of one logical stream together from its pages: a packet may lie on several pages, and a page may hold several (RFC 3533 §5). Pages
/// of other streams are passed over, and so is a packet of which a page is missing.
/// </summary>
internal sealed class OggPackets(OggPageReader pages)
{
    /// <summary>A packet that is longer is left out: Opus packets have at most 48 frames of 1275 bytes, comments may have pictures.</summary>
    public const int MaxPacketBytes = 65_536;

    private readonly byte[] _packet = new byte[MaxPacketBytes];
    private readonly byte[] _page = new byte[OggPageReader.MaxPageBytes];
    private readonly byte[] _lacing = new byte[255];
    private int _length;
    private int _segments;
    private int _segment;
    private int _at;
    private uint? _serial;
    private uint _sequence;
    private bool _isBroken;

    /// <summary>The position that the page of the last packet names; -1 when it names none.</summary>
    public long Granule { get; private set; } = -1;

    /// <summary>The last packet was the last one that ends on its page.</summary>
    public bool EndsPage { get; private set; }

    /// <summary>The page of the last packet is the last one of the stream.</summary>
    public bool IsLastPage { get; private set; }

    public void Rewind()
    {
        pages.Rewind();
        _serial = null;
        _length = _segments = _segment = _at = 0;
        _isBroken = IsLastPage = EndsPage = false;
        Granule = -1;
    }

    /// <summary>
    /// The next packet, which is valid until the next call; false at the end. The first one is the identification header of the first Opus stream that begins in the file.
    /// </summary>
    public bool TryRead(out ReadOnlySpan<byte> packet)
    {
        while (true)
        {
            while (_segment < _segments)
            {
                int lacing = _lacing[_segment++];
                if (_length + lacing <= MaxPacketBytes)
                    _page.AsSpan(_at, lacing).CopyTo(_packet.AsSpan(_length));
                else
                    _isBroken = true;

                _at += lacing;
                _length = Math.Min(_length + lacing, MaxPacketBytes);
                if (lacing == 255)
                    continue;

                var (whole, length) = (!_isBroken, _length);
                (_isBroken, _length) = (false, 0);
                if (!whole)
                    continue;

                EndsPage = !_lacing.AsSpan(_segment, _segments - _segment).ContainsAnyExcept((byte)255);
                packet = _packet.AsSpan(0, length);
                return true;
            }

            if (IsLastPage || !TryTurn())
            {
                packet = default;
                return false;
            }
        }
    }

    // The next page of our stream.
    private bool TryTurn()
    {
        while (pages.TryRead(out var page))
        {
            if (_serial is null)
            {
                if (!page.IsFirst || !OpusHead.Looks(page.Body))
                    continue;

                _serial = page.Serial;
                _sequence = page.Sequence;
            }
            else if (page.Serial != _serial)
            {
                continue;
            }
            else if (page.Sequence != ++_sequence)
            {
                // Pages are missing: what was begun cannot be ended, and what goes on has no beginning.
                _sequence = page.Sequence;
                _isBroken = true;
                _length = 0;
            }

            _segments = page.Segments.Length;
            page.Segments.CopyTo(_lacing);
            page.Body.CopyTo(_page);
            _segment = _at = 0;
            IsLastPage = page.IsLast;
            Granule = page.Granule;
            if (page.IsContinued)
                _isBroken |= _length == 0;
            else
                (_isBroken, _length) = (false, 0);

            return true;
        }

        return false;
    }
}
