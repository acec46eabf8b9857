using Tandem.Sip.Parsing;

namespace Tandem.Sip.Messages;

/// <summary>Reads bodies, multipart ones included (RFC 3261 §7.4, RFC 5621).</summary>
public static class SipBodies
{
    // "multipart/x;boundary=y"; RFC 2046 §5.1.1 bounds a boundary at 70 characters.
    private const int MaxBoundary = 70;

    /// <summary>True for a media type of the multipart family; the boundary is empty when it is missing or too long.</summary>
    public static bool IsMultipart(ReadOnlySpan<byte> contentType, out ReadOnlySpan<byte> boundary)
    {
        boundary = default;
        if (contentType.Length < 10 || !SipText.EqualsIgnoreCase(contentType[..10], "multipart/"u8))
            return false;

        var semicolon = contentType.IndexOf((byte)';');
        if (semicolon >= 0 && SipParams.TryGet(contentType[semicolon..], "boundary"u8, out var value) && value.Length <= MaxBoundary)
            boundary = value;

        return true;
    }

    /// <summary>The parts of a body whose boundary is known.</summary>
    public static BodyPartEnumerator Parts(ReadOnlySpan<byte> body, ReadOnlySpan<byte> boundary) => new(body, boundary);

    /// <summary>True when the media type of a Content-Type value is this one, its parameters aside.</summary>
    public static bool IsType(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> type)
    {
        var semicolon = contentType.IndexOf((byte)';');
        var value = SipText.Trim(semicolon < 0 ? contentType : contentType[..semicolon]);
        if (SipText.EqualsIgnoreCase(value, type))
            return true;

        // m-type SLASH m-subtype: white space may stand around the slash.
        var slash = value.IndexOf((byte)'/');
        var typeSlash = type.IndexOf((byte)'/');
        return slash > 0 && typeSlash > 0
            && SipText.EqualsIgnoreCase(SipText.Trim(value[..slash]), type[..typeSlash])
            && SipText.EqualsIgnoreCase(SipText.Trim(value[(slash + 1)..]), type[(typeSlash + 1)..]);
    }

    /// <summary>
    /// The first body, or part of a multipart body down to <paramref name="maxNesting"/> levels, of this type; false when
    /// there is none.
    /// </summary>
    public static bool TryFind(
        ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> type, int maxNesting, out ReadOnlySpan<byte> found)
    {
        if (IsType(contentType, type))
        {
            found = body;
            return true;
        }

        if (maxNesting > 0 && IsMultipart(contentType, out var boundary))
        {
            foreach (var part in Parts(body, boundary))
            {
                if (TryFind(part.Content, part.ContentType, type, maxNesting - 1, out found))
                    return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>True when multipart bodies are nested no deeper than <paramref name="limit"/> (<see cref="SipLimits.MaxBodyNesting"/>).</summary>
    internal static bool IsNestingWithin(ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType, int limit)
    {
        if (!IsMultipart(contentType, out var boundary))
            return true;
        if (limit == 0)
            return false;

        foreach (var part in Parts(body, boundary))
        {
            if (!IsNestingWithin(part.Content, part.ContentType, limit - 1))
                return false;
        }

        return true;
    }
}
