# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What the browser computes on a page of the web client."

COUNT_TIMERS = """
    const later = window.setTimeout, never = window.clearTimeout;
    const timers = window.pendingTimers = new Set();
    window.sleep = (delay) => new Promise((done) => later(done, delay));
    window.setTimeout = (action, delay = 0, ...values) => {
        const timer = later(() => {
            timers.delete(timer);
            action(...values);
        }, delay);
        if (delay <= 5000) timers.add(timer);
        return timer;
    };
    window.clearTimeout = (timer) => {
        timers.delete(timer);
        never(timer);
    };"""
SETTLE = """async () => {
    const start = Date.now();
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let quiet = 0; quiet < 3;) {
        if (Date.now() - start > 60000) throw new Error('still busy');
        await frame();
        await sleep(10);
        quiet = jQuery.active || pendingTimers.size ? 0 : quiet + 1;
    }
}"""
EXPAND = """(row) => {
    const depth = (row) => parseFloat(
        row.querySelector('.expander img').style.marginLeft || 0);
    const next = row.nextElementSibling;
    if (!next || depth(next) <= depth(row))
        row.querySelector('.expander img').click();
}"""
MENU_ROW = """([parents, text]) => {
    const depth = (row) => parseFloat(
        row.querySelector('.expander img').style.marginLeft || 0);
    const rows = Array.from(document.querySelectorAll('#menu tbody tr'));
    const find = (index, level, text) => {
        for (let i = index; i < rows.length && depth(rows[i]) >= level; i++)
            if (depth(rows[i]) == level
                    && rows[i].innerText.trim() == text) return i;
        return -1;
    };
    let index = 0, level = 0;
    for (const parent of parents) {
        index = find(index, level, parent) + 1;
        if (!index || index >= rows.length) return null;
        level = depth(rows[index]);
    }
    return rows[find(index, level, text)] || null;
}"""
COLUMNS = """(head) => Object.fromEntries(
    Array.from(head.querySelectorAll('th[id]'))
    .filter((cell) => cell.style.display != 'none')
    .map((cell) => [cell.textContent.trim(), cell.id]))"""
CELLS = r"""(rows) => {
    const shown = (cell) => {
        const entry = cell.querySelector(
            '.widget-editable :is(input, select)');
        const box = cell.querySelector('input[type=checkbox]');
        const button = cell.querySelector('button');
        if (box) return box.checked;
        if (button) return button.textContent.trim();
        if (!entry) return cell.innerText.trim().replace(/\s+/g, ' ');
        return entry.tagName == 'SELECT'
            ? (entry.selectedOptions[0] || {text: ''}).text : entry.value;
    };
    return rows.map((row) => Object.fromEntries(
        Array.from(row.querySelectorAll('td[headers]'))
        .map((cell) => [cell.getAttribute('headers'), shown(cell)])));
}"""
IN_SIGHT = """(head) => {
    const edge = Math.min(
        window.innerWidth, head.closest('.treeview').getBoundingClientRect()
            .right);
    return Array.from(head.querySelectorAll('th[id]'))
        .filter((cell) => cell.style.display != 'none'
            && cell.getBoundingClientRect().right <= edge + 1)
        .map((cell) => cell.textContent.trim());
}"""
