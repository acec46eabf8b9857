using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>Edits the top Via in the bytes of a finished message. Each method takes the buffer over and returns the one to send.</summary>
internal static class ViaEditor
{
    /// <summary>Puts our Via on top of a request (RFC 3261 §8.1.1.7, §18.1.1; rport: RFC 3581 §3; alias, over TLS: RFC 5923 §8.1).</summary>
    public static PooledBuffer InsertTopLine(PooledBuffer request, SentBy sentBy, SipTransportKind transport, ReadOnlySpan<byte> branchStart, ulong id, uint loopKey)
    {
        Span<byte> line = stackalloc byte[512];
        var length = WriteLine(line, sentBy, transport, branchStart, id, loopKey);
        return Splice(request, FirstLineLength(request.Span), 0, line[..length]);
    }

    /// <summary>Replaces our Via line, the first header field, by that of another transport. The old buffer may be shared.</summary>
    public static PooledBuffer ReplaceTopLine(PooledBuffer request, SentBy sentBy, SipTransportKind transport, ReadOnlySpan<byte> branchStart, ulong id, uint loopKey)
    {
        Span<byte> line = stackalloc byte[512];
        var length = WriteLine(line, sentBy, transport, branchStart, id, loopKey);
        var start = FirstLineLength(request.Span);
        var old = FirstLineLength(request.Span[start..]);
        var copy = BufferPool.Shared.Rent(request.Length);
        request.Span.CopyTo(copy.Array);
        copy.Length = request.Length;
        request.Release();
        return Splice(copy, start, old, line[..length]);
    }

    /// <summary>
    /// Writes received and rport into the top Via of a response, as RFC 3261 §18.2.1 and RFC 3581 §4 ask the server to
    /// do with the request. What a client wrote there itself is replaced.
    /// </summary>
    public static PooledBuffer StampTopVia(PooledBuffer response, in NetAddress source)
    {
        if (!TryFindTopVia(response.Span, out var start, out var length))
            return response;

        var element = response.Span.Slice(start, length);
        if (!ViaValue.TryParse(element, out var via))
            return response;

        var hasRport = via.HasRport;
        var namesSource = NamesAddress(via.Host, source);
        if (!hasRport && namesSource && via.Received.Length == 0)
            return response;

        Span<byte> stamped = length <= 768 ? stackalloc byte[length + 80] : new byte[length + 80];
        var at = length - via.Params.Length;
        element[..at].CopyTo(stamped);
        var rest = via.Params;
        while (rest.Length > 0)
        {
            var before = rest;
            if (!SipParams.TryNext(ref rest, out var name, out _))
                break;
            if (SipText.EqualsIgnoreCase(name, "received"u8) || SipText.EqualsIgnoreCase(name, "rport"u8))
                continue;

            var one = SipText.Trim(before[..^rest.Length]);
            one.CopyTo(stamped[at..]);
            at += one.Length;
        }

        if (hasRport || !namesSource)
        {
            ";received="u8.CopyTo(stamped[at..]);
            at += 10;
            at += WriteAddress(stamped[at..], source);
        }

        if (hasRport)
        {
            ";rport="u8.CopyTo(stamped[at..]);
            at += 7;
            source.Port.TryFormat(stamped[at..], out var written);
            at += written;
        }

        return Splice(response, start, length, stamped[..at]);
    }

    private static int WriteLine(Span<byte> line, SentBy sentBy, SipTransportKind transport, ReadOnlySpan<byte> branchStart, ulong id, uint loopKey)
    {
        var at = Append(line, 0, "Via: SIP/2.0/"u8);
        at = Append(line, at, transport switch
        {
            SipTransportKind.Udp => "UDP "u8,
            SipTransportKind.Tcp => "TCP "u8,
            SipTransportKind.Tls => "TLS "u8,
            SipTransportKind.Ws => "WS "u8,
            SipTransportKind.Internal => "INTERNAL "u8,
            _ => "WSS "u8,
        });
        at = Append(line, at, sentBy.Text);
        at = Append(line, at, ";branch="u8);
        at += ClientTransactionTable.WriteBranch(line[at..], branchStart, id, loopKey);
        return Append(line, at, transport switch
        {
            SipTransportKind.Udp => ";rport\r\n"u8,
            SipTransportKind.Tls => ";alias\r\n"u8,
            _ => "\r\n"u8,
        });
    }

    private static int Append(Span<byte> line, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[at..]);
        return at + text.Length;
    }

    private static int FirstLineLength(ReadOnlySpan<byte> text) => text.IndexOf("\r\n"u8) + 2;

    /// <summary>Finds the first element of the first Via field in bytes that our writer made.</summary>
    private static bool TryFindTopVia(ReadOnlySpan<byte> message, out int start, out int length)
    {
        start = FirstLineLength(message);
        while (true)
        {
            var line = message[start..];
            var end = FirstLineLength(line);
            if (end <= 2)
            {
                length = 0;
                return false;
            }

            if (line.StartsWith("Via: "u8))
            {
                start += 5;
                var value = line[5..(end - 2)];
                length = HeaderListEnumerator.TakeElement(ref value).Length;
                return length > 0;
            }

            start += end;
        }
    }

    private static bool NamesAddress(ReadOnlySpan<byte> host, in NetAddress source)
    {
        if (source.IsV6)
            return NetAddress.TryParse(host, source.Port, out var address) && address == source;

        Span<byte> text = stackalloc byte[16];
        return host.SequenceEqual(text[..WriteAddress(text, source)]);
    }

    private static int WriteAddress(Span<byte> destination, in NetAddress address)
    {
        if (address.IsV6)
            return System.Text.Encoding.ASCII.GetBytes(address.HostText(), destination);

        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            ((byte)(address.V4 >> shift)).TryFormat(destination[at..], out var written);
            at += written;
            if (shift > 0)
                destination[at++] = (byte)'.';
        }

        return at;
    }

    private static PooledBuffer Splice(PooledBuffer buffer, int start, int removed, ReadOnlySpan<byte> inserted)
    {
        var length = buffer.Length + inserted.Length - removed;
        var tail = buffer.Span[(start + removed)..];
        if (length <= buffer.Array.Length)
        {
            tail.CopyTo(buffer.Array.AsSpan(start + inserted.Length));
            inserted.CopyTo(buffer.Array.AsSpan(start));
            buffer.Length = length;
            return buffer;
        }

        var larger = BufferPool.Shared.Rent(length);
        buffer.Span[..start].CopyTo(larger.Array);
        inserted.CopyTo(larger.Array.AsSpan(start));
        tail.CopyTo(larger.Array.AsSpan(start + inserted.Length));
        larger.Length = length;
        buffer.Release();
        return larger;
    }
}
