namespace Tandem.Media.Srtp;

/// <summary>What a context remembers of one SSRC. The windows lie in <see cref="SrtpStreams"/>.</summary>
internal struct SrtpStream
{
    public bool HasRtp;
    public bool HasRtcp;

    /// <summary>Highest ROC * 2^16 + sequence number.</summary>
    public ulong HighestRtp;

    /// <summary>Highest SRTCP index.</summary>
    public ulong HighestRtcp;

    /// <summary>A counter of use, for eviction.</summary>
    public long LastUse;

    /// <summary>RFC 3711 §3.3.1 and appendix A: the index of a sequence number that is nearest to what came last.</summary>
    public readonly ulong Guess(ushort sequence)
    {
        var roc = HighestRtp >> 16;
        var last = (int)(HighestRtp & 0xFFFF);
        if (last < 0x8000)
        {
            // Before the first wrap there is no earlier round that it could belong to.
            if (sequence - last > 0x8000 && roc > 0)
                roc--;
        }
        else if (last - 0x8000 > sequence)
        {
            roc++;
        }

        return (roc << 16) | sequence;
    }
}
