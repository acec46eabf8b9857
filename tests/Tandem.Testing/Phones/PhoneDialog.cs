using System.Text;

namespace Tandem.Testing.Phones;

/// <summary>One dialog as a <see cref="ScriptedPhone"/> sees it: it keeps tags, numbers and targets, and writes the messages.</summary>
public sealed class PhoneDialog
{
    private readonly ScriptedPhone _phone;
    private int _cseq;

    internal PhoneDialog(ScriptedPhone phone, string target, string callId)
    {
        _phone = phone;
        RemoteTarget = target;
        RemoteUri = $"<{target}>";
        LocalUri = $"<sip:{phone.Number}@{phone.Domain ?? phone.Server.SipHostText()}>";
        LocalTag = "t" + callId.Split('@')[0];
        CallId = callId;
    }

    internal PhoneDialog(ScriptedPhone phone, WireMessage invite)
    {
        _phone = phone;
        RemoteTarget = invite.ContactUri;
        RemoteUri = WithoutTag(invite["From"]);
        RemoteTag = invite.FromTag;
        LocalUri = WithoutTag(invite["To"]);
        LocalTag = "u" + phone.Number + "-" + phone.NewBranch()[7..];
        CallId = invite.CallId;
        Routes = [.. invite.All("Record-Route")];
    }

    public string CallId { get; }

    public string LocalTag { get; set; }

    public string RemoteTag { get; set; } = "";

    public string LocalUri { get; set; }

    public string RemoteUri { get; set; }

    public string RemoteTarget { get; set; }

    public IReadOnlyList<string> Routes { get; set; } = [];

    /// <summary>The last request that was sent, for CANCEL and ACK.</summary>
    public string LastBranch { get; private set; } = "";

    public int LastCSeq => _cseq;

    /// <summary>The same dialog, spoken from another phone or port from now on.</summary>
    public PhoneDialog MoveTo(ScriptedPhone phone) => new(phone, RemoteTarget, CallId)
    {
        _cseq = _cseq,
        LocalTag = LocalTag,
        RemoteTag = RemoteTag,
        LocalUri = LocalUri,
        RemoteUri = RemoteUri,
        Routes = Routes,
    };

    /// <summary>Sends a request. <paramref name="headers"/> are whole lines; a body makes it <c>application/sdp</c> unless they say otherwise.</summary>
    public void Send(string method, string body = "", params string[] headers)
    {
        _cseq++;
        LastBranch = _phone.NewBranch();
        Write(method, _cseq, LastBranch, body, headers);
    }

    public void Invite(string sdp = "", params string[] headers) => Send("INVITE", sdp, headers);

    /// <summary>ACK of a 2xx, with its own branch (RFC 3261 §13.2.2.4).</summary>
    public void Ack(WireMessage response, string sdp = "")
    {
        Learn(response);
        Write("ACK", response.CSeq, _phone.NewBranch(), sdp, []);
    }

    /// <summary>ACK of a refusal, with the INVITE's branch (§17.1.1.3).</summary>
    public void AckRefusal(WireMessage response)
    {
        var tag = RemoteTag;
        RemoteTag = response.ToTag;
        Write("ACK", response.CSeq, LastBranch, "", []);
        RemoteTag = tag;
    }

    public void Cancel(params string[] headers)
    {
        var tag = RemoteTag;
        var target = RemoteTarget;
        RemoteTag = "";
        Write("CANCEL", _cseq, LastBranch, "", headers);
        RemoteTag = tag;
        RemoteTarget = target;
    }

    /// <summary>CANCEL of a re-INVITE: in the dialog, so To has its tag.</summary>
    public void CancelReinvite(params string[] headers) => Write("CANCEL", _cseq, LastBranch, "", headers);

    /// <summary>PRACK of a reliable provisional response (RFC 3262 §4).</summary>
    public void Prack(WireMessage provisional, string sdp = "")
    {
        Learn(provisional);
        Send("PRACK", sdp, $"RAck: {provisional["RSeq"]} {provisional["CSeq"]}");
    }

    /// <summary>Learns tag, target and routes from a response.</summary>
    public void Learn(WireMessage response)
    {
        RemoteTag = response.ToTag;
        if (response.Has("Contact"))
            RemoteTarget = response.ContactUri;
        if (response.Has("Record-Route"))
            Routes = [.. response.All("Record-Route").Reverse()];
    }

    /// <summary>Answers a request that came in.</summary>
    public void Reply(WireMessage request, int status, string body = "", params string[] headers)
    {
        var text = new StringBuilder();
        text.Append("SIP/2.0 ").Append(status).Append(" Scripted\r\n");
        foreach (var via in request.All("Via"))
            text.Append("Via: ").Append(via).Append("\r\n");
        foreach (var route in request.All("Record-Route"))
            text.Append("Record-Route: ").Append(route).Append("\r\n");
        text.Append("From: ").Append(request["From"]).Append("\r\n");
        text.Append("To: ").Append(request["To"]);
        if (request.ToTag.Length == 0 && status > 100)
            text.Append(";tag=").Append(LocalTag);
        text.Append("\r\nCall-ID: ").Append(request.CallId).Append("\r\nCSeq: ").Append(request["CSeq"]).Append("\r\n");
        if (status is > 100 and < 300 && request.Method is "INVITE" or "UPDATE" && !HasContact(headers))
            text.Append("Contact: <").Append(_phone.ContactUri).Append(">\r\n");

        // As talkative as a real phone: a request that says next to nothing is answered with next to nothing over UDP.
        if (!headers.Any(h => h.StartsWith("User-Agent:", StringComparison.OrdinalIgnoreCase)))
            text.Append("User-Agent: Scripted phone (model 100, firmware 1.2.3.4, line 1, serial 00:11:22:33:44:55, made for tests of an exchange by the exchange)\r\n");
        Finish(text, body, headers);
    }

    private static bool HasContact(string[] headers) => headers.Any(h => h.StartsWith("Contact:", StringComparison.OrdinalIgnoreCase));

    private static string WithoutTag(string value)
    {
        var at = value.IndexOf(";tag=", StringComparison.Ordinal);
        return at < 0 ? value : value[..at];
    }

    private void Write(string method, int cseq, string branch, string body, string[] headers)
    {
        var text = new StringBuilder();
        text.Append(method).Append(' ').Append(RemoteTarget).Append(" SIP/2.0\r\n");
        text.Append("Via: ").Append(_phone.Via).Append(";branch=").Append(branch).Append(";rport\r\n");
        if (!headers.Any(h => h.StartsWith("Max-Forwards:", StringComparison.OrdinalIgnoreCase)))
            text.Append("Max-Forwards: 70\r\n");
        foreach (var route in Routes)
            text.Append("Route: ").Append(route).Append("\r\n");
        text.Append("From: ").Append(LocalUri).Append(";tag=").Append(LocalTag).Append("\r\n");
        text.Append("To: ").Append(RemoteUri);
        if (RemoteTag.Length > 0)
            text.Append(";tag=").Append(RemoteTag);
        text.Append("\r\nCall-ID: ").Append(CallId).Append("\r\nCSeq: ").Append(cseq).Append(' ').Append(method).Append("\r\n");
        if (method is "INVITE" or "UPDATE" or "SUBSCRIBE" && !HasContact(headers))
            text.Append("Contact: <").Append(_phone.ContactUri).Append(">\r\n");
        Finish(text, body, headers);
    }

    private void Finish(StringBuilder text, string body, string[] headers)
    {
        foreach (var header in headers)
            text.Append(header).Append("\r\n");
        if (body.Length > 0 && !headers.Any(h => h.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)))
            text.Append("Content-Type: application/sdp\r\n");
        text.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body)).Append("\r\n\r\n").Append(body);
        _phone.Send(text.ToString());
    }
}
