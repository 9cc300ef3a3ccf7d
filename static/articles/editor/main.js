// With scripts off the textarea stays as it is, and its HTML is saved the same.

import { editBody } from "mmul/body"

for (const textarea of document.querySelectorAll("textarea[data-body-editor]")) editBody(textarea)
