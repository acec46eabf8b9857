using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>Which lines share a transport (RFC 9143 §7.3). Pure.</summary>
internal static class Bundling
{
    /// <summary>For each line the one whose ports it uses: itself, or the first usable one of its group, in the order of the group.</summary>
    /// <param name="document">The description with the groups.</param>
    /// <param name="isUsable">For each line whether it is accepted otherwise.</param>
    /// <param name="allowsMux">False when RTP and RTCP never share a port here: a bundle needs it (§9.3).</param>
    public static int[] Transports(SdpDocument document, ReadOnlySpan<bool> isUsable, bool allowsMux)
    {
        var transports = new int[document.MediaList.Count];
        for (var i = 0; i < transports.Length; i++)
            transports[i] = i;

        foreach (var group in document.Bundles)
        {
            var first = -1;
            foreach (var mid in group)
            {
                var index = IndexOf(document, mid);
                if (index < 0 || index >= isUsable.Length || !isUsable[index] || !document.MediaList[index].Transport.IsRtp() || transports[index] != index)
                    continue;

                if (first < 0)
                {
                    if (allowsMux && document.MediaList[index].RtcpMux && document.MediaList[index].Port != 0)
                        first = index;
                }
                else
                {
                    transports[index] = first;
                }
            }
        }

        return transports;
    }

    /// <summary>The groups of an answer: for each transport the mids of the lines on it, as far as they were bundled.</summary>
    public static List<IReadOnlyList<string>> Groups(IReadOnlyList<(string Mid, int Transport)?> lines)
    {
        var groups = new List<IReadOnlyList<string>>();
        for (var first = 0; first < lines.Count; first++)
        {
            if (lines[first] is not { } owner || owner.Transport != first)
                continue;

            var mids = new List<string> { owner.Mid };
            for (var i = 0; i < lines.Count; i++)
            {
                if (i != first && lines[i] is { } line && line.Transport == first)
                    mids.Add(line.Mid);
            }

            groups.Add(mids);
        }

        return groups;
    }

    private static int IndexOf(SdpDocument document, string mid)
    {
        for (var i = 0; i < document.MediaList.Count; i++)
        {
            if (document.MediaList[i].Mid == mid && mid.Length > 0)
                return i;
        }

        return -1;
    }
}
