using Tandem.Calls.Ports;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Srtp;

namespace Tandem.Calls.Media;

/// <summary>How the media of a phone is negotiated, from what the exchange knows of it.</summary>
internal static class LegPolicies
{
    public static LegPolicy Of(MediaPeer peer, LegPolicy installation) => installation with
    {
        Peer = peer.Address,
        Srtp = peer.Srtp ?? installation.Srtp,
        SeesUsAt = peer.SeesUsAt,
        PublicAnd = peer.PublicAnd,
        IsBrowser = peer.IsBrowser,
        OffersKeys = installation.OffersKeys || peer.HasSecureSignalling,
        Codecs = peer.Codecs.Length > 0 && CodecsOf(peer.Codecs) is { Count: > 0 } own ? own : installation.Codecs,
    };

    // Names that we do not speak are passed over: the list was checked when it was written, the libraries may have gone since.
    private static List<AudioCodec> CodecsOf(string names)
    {
        var codecs = new List<AudioCodec>();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            foreach (var format in CodecCatalog.Available)
            {
                if (format.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && !codecs.Contains(format.Codec))
                    codecs.Add(format.Codec);
            }
        }

        return codecs;
    }
}
